// What was typed and not yet sent, kept in this browser until it is sent, thrown away, or signed out.
// Never for secrets.
import { useCallback, useState } from "react";

const prefix = "dursor.draft.";

export const readDraft = (name: string) => localStorage.getItem(prefix + name) ?? "";

export function writeDraft(name: string, text: string) {
  if (text) localStorage.setItem(prefix + name, text);
  else localStorage.removeItem(prefix + name);
}

/** Like useState for a text, kept under a name such as `task.ID.instruction`. */
export function useDraft(name: string): [string, (text: string) => void] {
  const [kept, keep] = useState({ name, text: readDraft(name) });
  if (kept.name !== name) keep({ name, text: readDraft(name) });
  const write = useCallback(
    (text: string) => {
      writeDraft(name, text);
      keep({ name, text });
    },
    [name],
  );
  return [kept.name === name ? kept.text : readDraft(name), write];
}

/** At signing out: with them goes all else that is kept here of this person ("dursor.mine.…"). */
export function forgetDrafts() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(prefix) || name.startsWith("dursor.mine.")) localStorage.removeItem(name);
}
