import { useEffect, useRef, type RefObject } from "react";

/**
 * What lies over the page while it is open: focus goes in, `Esc` closes it, and focus returns to where it was. Where there is room
 * for it beside the page nothing happens. A `sheet` hides the page, so it closes as soon as focus leaves it.
 */
export function useOverlay(place: RefObject<HTMLElement | null>, isOpen: boolean, close: () => void, kind: "sheet" | "drawer"): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const own = place.current;
    const inner = own?.firstElementChild;
    if (!isOpen || !own || !(inner instanceof HTMLElement) || ![own, inner].some((each) => getComputedStyle(each).position === "fixed")) return;
    const opener = document.activeElement;
    inner.tabIndex = -1;
    inner.focus({ preventScroll: true });
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open], [role=menu]") !== null) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // it means this overlay, and neither the field nor the run behind it
      latest.current();
    };
    const onFocus = (event: FocusEvent): void => {
      if (kind === "sheet" && !own.contains(event.target as Node)) latest.current();
    };
    addEventListener("keydown", onKey, true);
    addEventListener("focusin", onFocus);
    return () => {
      removeEventListener("keydown", onKey, true);
      removeEventListener("focusin", onFocus);
      const focused = document.activeElement;
      if ((focused === document.body || own.contains(focused)) && opener instanceof HTMLElement) opener.focus();
    };
  }, [place, isOpen, kind]);
}
