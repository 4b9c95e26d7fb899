const plain = (text: string) => text.normalize("NFKC").toLowerCase();

/** How well a text of a list fits what was typed: every word must stand in it; 0 is not at all. */
export function matches(text: string, typed: string): number {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const found = plain(text);
  if (!words.every((word) => found.includes(word))) return 0;
  return found.startsWith(words.join(" ")) ? 1 : 0.5;
}
