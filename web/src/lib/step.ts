/** Puts the focus on the next of the elements, or with -1 on the one before; on the first when none has it. */
export function stepFocus(root: HTMLElement | null, selector: string, by: 1 | -1) {
  const all = [...(root?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "nearest" });
}
