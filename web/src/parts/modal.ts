import { useEffect, type RefObject } from "react";

/** Open a dialog over the page with the focus on what `first` finds in it; at its end the focus is back where it was. */
export function useModal(place: RefObject<HTMLDialogElement | null>, first = ""): void {
  useEffect(() => {
    const own = place.current;
    const opener = document.activeElement;
    own?.showModal();
    (first === "" ? own : own?.querySelector<HTMLElement>(first))?.focus();
    return () => giveBack(own, opener);
  }, [place, first]);
}

/** Put the focus where it was before a dialog, unless somebody has gone on; where that is gone, into the message field. */
function giveBack(dialog: HTMLElement | null, opener: Element | null): void {
  const focused = document.activeElement;
  if (focused !== null && focused !== document.body && focused !== opener && dialog?.contains(focused) !== true) return;
  const target = opener?.isConnected && opener !== document.body ? opener : document.getElementById("message");
  if (!(target instanceof HTMLElement)) return;
  target.focus();
  // Chromium gives the focus back while the page behind is inert yet, and then without a caret: letters come to nothing.
  if ((target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) && target.selectionStart !== null) target.setSelectionRange(target.selectionStart, target.selectionEnd);
}
