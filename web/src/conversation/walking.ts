/**
 * The thread is one stop for Tab. Arrows walk its steps, Enter goes into one, Esc and Shift+Tab come out of it, and Tab at the end of
 * a step leaves the thread: a long conversation is never in the way of what stands before and after it.
 */
import { useEffect, type RefObject } from "react";

import { singleLettersOff } from "../parts/keys";

const STEPS = ".msg-user, .route, .origin, .step";
const STOPS = "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]:not([tabindex='-1'])";
/** Milliseconds for which a step tells that it was copied. */
const COPIED = 1600;

/** Take a key that was pressed in the thread or in a step of it. */
export function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const thread = event.currentTarget;
  const steps = [...thread.querySelectorAll<HTMLElement>(STEPS)].filter((step) => step.checkVisibility());
  const here = steps.findIndex((step) => step.contains(document.activeElement));
  const step = steps.find((each) => each === event.target);
  if (event.key === "Tab" && !event.altKey && !event.metaKey && !event.ctrlKey) passOn(event, thread, steps[here]);
  else if (event.key === "Escape" && event.target !== thread && !event.defaultPrevented) {
    event.preventDefault(); // it means this way out, and not the run
    if (step === undefined) focusStep(steps[here] ?? thread);
    else thread.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (event.target === thread || step !== undefined)) {
    const next = steps[event.key === "ArrowDown" ? here + 1 : here < 0 ? steps.length - 1 : here - 1];
    if (next === undefined) return;
    event.preventDefault();
    focusStep(next);
  } else if (step === undefined) {
    return;
  } else if (event.code === "KeyC" && !event.metaKey && !event.ctrlKey && !event.altKey && !singleLettersOff()) {
    event.preventDefault();
    void copyStep(step);
  } else if (event.key === "Enter") {
    event.preventDefault();
    (step.querySelector<HTMLElement>("[data-question]") ?? stopsIn(step)[0])?.focus();
  }
}

/** Take the focus for the thread itself where Tab brings it into a step from outside. */
export function useOneStop(place: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const thread = place.current;
    if (thread === null) return;
    let isTab = false;
    const onKey = (event: KeyboardEvent): void => {
      isTab = event.type === "keydown" && event.key === "Tab";
    };
    const onFocus = (event: FocusEvent): void => {
      if (isTab && event.target !== thread && event.relatedTarget instanceof Node && !thread.contains(event.relatedTarget)) thread.focus();
    };
    for (const type of ["keydown", "keyup"] as const) addEventListener(type, onKey, true);
    thread.addEventListener("focusin", onFocus);
    return () => {
      for (const type of ["keydown", "keyup"] as const) removeEventListener(type, onKey, true);
      thread.removeEventListener("focusin", onFocus);
    };
  }, [place]);
}

/** Let Tab go on inside a step that somebody is in; else out of the thread, or back to the step. */
function passOn(event: React.KeyboardEvent, thread: HTMLElement, step: HTMLElement | undefined): void {
  const active = event.target as HTMLElement;
  const isInside = step !== undefined && active !== step;
  const toward = event.shiftKey ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
  const lies = (from: HTMLElement) => (other: HTMLElement) => (from.compareDocumentPosition(other) & toward) !== 0 && !other.contains(from);
  if (isInside && stopsIn(step).some(lies(active))) return;
  const beyond = stopsIn(document.body).filter((stop) => !thread.contains(stop) && lies(thread)(stop));
  const next = isInside && event.shiftKey ? step : beyond.at(event.shiftKey ? -1 : 0);
  if (next === undefined) return;
  event.preventDefault();
  if (next === step) focusStep(step);
  else next.focus();
}

/** Return what Tab stops at: of a group of radio buttons the chosen one alone. */
function stopsIn(place: HTMLElement): HTMLElement[] {
  return [...place.querySelectorAll<HTMLElement>(STOPS)].filter((each) => each.checkVisibility() && each.tabIndex >= 0 && !(each instanceof HTMLInputElement && each.type === "radio" && !each.checked));
}

function focusStep(step: HTMLElement): void {
  if (!step.hasAttribute("tabindex")) step.tabIndex = -1;
  step.focus();
}

/** Copy what a step says; a mark at the step tells that it is done. */
async function copyStep(step: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(step.innerText.trim());
  step.dataset["copied"] = "";
  setTimeout(() => delete step.dataset["copied"], COPIED);
}
