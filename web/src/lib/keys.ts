// Keys that work on a whole page. A key is written as "mod+k", "shift+?", "j"; mod is Ctrl, on a Mac Cmd.
// Single letters never fire while somebody types, nor while an input method composes.
import { useEffect, useRef } from "react";

export const onMac = /Mac|iPhone|iPad/.test(navigator.platform);

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function keyName(event: KeyboardEvent): string {
  const mod = onMac ? event.metaKey : event.ctrlKey;
  return `${mod ? "mod+" : ""}${event.altKey ? "alt+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

/** Composition confirms with Enter: that Enter sends nothing. 229 is what some browsers report instead. */
export const composing = (event: { isComposing?: boolean; keyCode?: number; nativeEvent?: { isComposing?: boolean; keyCode?: number } }) => {
  const native = event.nativeEvent ?? event;
  return Boolean(native.isComposing) || native.keyCode === 229;
};

export type Keys = Record<string, ((event: KeyboardEvent) => void) | undefined>;

export function useKeys(keys: Keys) {
  const now = useRef(keys);
  useEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || composing(event)) return;
      const name = keyName(event);
      const act = now.current[name];
      if (!act || (!name.startsWith("mod+") && (typing(event.target) || document.querySelector("[role=dialog]")))) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}
