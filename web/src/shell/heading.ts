import { useCallback, useEffect, useRef } from "react";

/** Milliseconds that a page may take to show its heading before nobody waits for it. */
const PATIENCE = 5000;

/**
 * Return a function that goes to a page and puts the focus on its heading, so that whoever reads by ear hears where they are
 * and the next Tab goes on from there.
 */
export function useGoingToHeading(here: string, navigate: (path: string) => void): (path: string) => void {
  const wanted = useRef("");
  const go = useCallback(
    (path: string) => {
      wanted.current = path.split("?")[0] ?? "";
      navigate(path);
      if (wanted.current === location.pathname) focusHeading();
    },
    [navigate],
  );
  useEffect(() => {
    if (wanted.current !== here) return;
    wanted.current = "";
    return whenThere();
  }, [here]);
  return go;
}

/** Put the focus on the heading of the page that is shown; returns whether it has one. */
export function focusHeading(): boolean {
  const heading = document.querySelector<HTMLElement>("main:not([aria-busy]) h1");
  if (heading === null) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return document.activeElement === heading; // the page before stays in the document, hidden, until the next one is loaded
}

/** Focus the heading as soon as the page has one; returns what gives up. */
function whenThere(): () => void {
  if (focusHeading()) return () => undefined;
  const watch = new MutationObserver(() => focusHeading() && stop());
  const timer = setTimeout(() => stop(), PATIENCE);
  const stop = (): void => {
    watch.disconnect();
    clearTimeout(timer);
  };
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-busy"] });
  return stop;
}
