/**
 * Which question the keys belong to: one, marked, and in the person's sight. Nothing is answered that is not on the screen.
 */
import { useEffect, useSyncExternalStore, type RefObject } from "react";

/** What of the questions on this page can be seen; questions go by their ids, "" is none. */
export interface Sight {
  /** The question that keys answer. */
  current: string;
  /** Where a key goes first while no question is in sight. */
  next: string;
  /** How many questions wait whose answers are out of sight. */
  hidden: number;
}

const WAITS = "[data-question]";
/** Pixels that an edge may lie beyond what is seen. */
const SLACK = 4;

const listeners = new Set<() => void>();
let sight: Sight = { current: "", next: "", hidden: 0 };
let frame = 0;

/** Return what waits below an element, from top to bottom. */
export function questionsIn(place: ParentNode | null): HTMLElement[] {
  return [...(place?.querySelectorAll<HTMLElement>(WAITS) ?? [])];
}

/** Return whether a question is wholly seen with its answers; of one that is taller than the screen, its answers. */
export function isInSight(card: HTMLElement): boolean {
  const { top, bottom } = seenOf(card);
  const its = card.getBoundingClientRect();
  const begins = its.top >= top - SLACK || its.height > bottom - top;
  return its.height > 0 && begins && areAnswersInSight(card);
}

/** Bring a question into sight where it is not, and focus it. */
export function goToQuestion(card: HTMLElement | undefined): void {
  if (card === undefined) return;
  const { top, bottom } = seenOf(card);
  if (!isInSight(card)) card.scrollIntoView({ block: card.offsetHeight > bottom - top ? "end" : "center" });
  card.focus({ preventScroll: true });
}

/** Return whether a key answers this question now; where none is in sight, go to the next one instead. */
export function takesKey(question: string): boolean {
  const marked = sight.current;
  const { current, next } = look();
  if (next !== "") goToQuestion(questionsIn(document).find((card) => card.dataset["question"] === next));
  return current === question && marked === question;
}

/** Return what is in sight; draws again when that changes. */
export function useSight(): Sight {
  return useSyncExternalStore(subscribe, () => sight);
}

/** Look again whenever the card or what it stands in changes its size. */
export function useSeen(card: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const own = card.current;
    if (own === null) return;
    const resized = new ResizeObserver(soon);
    const place = own.closest(".scroll");
    for (const each of [own, place, place?.firstElementChild]) if (each != null) resized.observe(each);
    return () => {
      resized.disconnect();
      soon();
    };
  }, [card]);
}

function areAnswersInSight(card: HTMLElement): boolean {
  const { top, bottom } = seenOf(card);
  const its = (card.querySelector(".actions") ?? card).getBoundingClientRect();
  return its.height > 0 && its.bottom <= bottom + SLACK && its.top >= top - SLACK;
}

function seenOf(card: HTMLElement): { top: number; bottom: number } {
  const place = card.closest(".scroll, .details-col")?.getBoundingClientRect();
  return { top: Math.max(0, place?.top ?? 0), bottom: Math.min(innerHeight, place?.bottom ?? innerHeight) };
}

function look(): Sight {
  const all = questionsIn(document);
  const seen = all.filter(isInSight);
  const focused = all.find((card) => card.contains(document.activeElement));
  const current = focused !== undefined && seen.includes(focused) ? focused : seen[0];
  const next = current === undefined ? (focused ?? all[0]) : undefined;
  const found = { current: current?.dataset["question"] ?? "", next: next?.dataset["question"] ?? "", hidden: all.filter((card) => !areAnswersInSight(card)).length };
  if (found.current !== sight.current || found.next !== sight.next || found.hidden !== sight.hidden) {
    sight = found;
    for (const listener of listeners) listener();
  }
  return sight;
}

function soon(): void {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(look);
}

const MOVES = ["scroll", "resize", "focusin", "focusout"] as const;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) for (const each of MOVES) addEventListener(each, soon, { capture: true, passive: true });
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) for (const each of MOVES) removeEventListener(each, soon, { capture: true });
  };
}
