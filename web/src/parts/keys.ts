import { useEffect, useRef, type RefObject } from "react";

/** Keys by their place on the keyboard, so that they work in the Russian layout too. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const MODIFIERS = /^(Mod|Shift)\+/;

/** Return how a pressed key is called: `KeyA`, `Shift+KeyU`, `Mod+KeyK`. */
export function keyName(event: Pick<KeyboardEvent, "code" | "shiftKey" | "metaKey" | "ctrlKey" | "altKey">): string {
  if (event.altKey) return "";
  return `${event.metaKey || event.ctrlKey ? "Mod+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
}

/** Return whether somebody writes in a field now, so that single letters are theirs. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** Listen to keys on the whole page while `on`; single letters count only where nobody writes and no dialog is open but that of `place`. `first`: before all others. */
export function useKeys(keys: KeyMap, on = true, { place, first = false }: { place?: RefObject<HTMLElement | null>; first?: boolean } = {}): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!on) return;
    const listen = (event: KeyboardEvent): void => {
      const name = keyName(event);
      const act = latest.current[name];
      if (act === undefined || event.defaultPrevented || event.repeat) return;
      const dialog = document.querySelector("dialog[open]");
      const busy = isWriting(event.target) || (dialog !== null && dialog.contains(place?.current ?? null) === false);
      if (busy && !(MODIFIERS.test(name) && name.startsWith("Mod+"))) return;
      if (singleLettersOff() && !name.includes("+")) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", listen, first);
    return () => removeEventListener("keydown", listen, first);
  }, [on, place, first]);
}

/** Return whether the person has switched off keys of a single letter (WCAG 2.1.4). */
export function singleLettersOff(): boolean {
  return localStorage.getItem("letters") === "off";
}

/** What the command key is called here. */
export const MOD = /Mac|iP/.test(globalThis.navigator?.platform ?? "") ? "⌘" : "Ctrl ";
