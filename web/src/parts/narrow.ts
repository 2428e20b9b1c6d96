import { useSyncExternalStore } from "react";

/** Where the console is one column: a phone, also 1440 px at 200 %. In em, so that larger text takes the same path. */
const NARROW = "(max-width: 49.99em)";

function subscribe(listener: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** Return whether the page is one column. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
}
