// The key of what is about to be sent (Idempotency-Key): the same for the same content, also after a reload,
// until it was sent; other content is another intent.
import { readDraft, writeDraft } from "./drafts";

export function intentKey(name: string, content: unknown, newKey: () => string): string {
  const what = JSON.stringify(content);
  const kept = readDraft(`${name}.intent`);
  const at = kept.indexOf(" ");
  if (at > 0 && kept.slice(at + 1) === what) return kept.slice(0, at);
  const key = newKey();
  writeDraft(`${name}.intent`, `${key} ${what}`);
  return key;
}

export const intentSent = (name: string) => writeDraft(`${name}.intent`, "");
