/**
 * Streams are held only by pages that somebody sees: a browser opens six connections to a server, and each stream is one.
 */

/** Milliseconds for which a hidden page keeps its stream: a glance at another tab costs no reconnect. */
const GRACE = 2_000;

/** Wait until the page can be seen, or until `signal` aborts. */
export function whenVisible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === "hidden" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}

/** Return a signal that aborts once the page is hidden for a while or left, or when `signal` aborts; `release` ends the watch. */
export function untilHidden(signal: AbortSignal): { signal: AbortSignal; release(): void } {
  const hidden = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = (): void => hidden.abort();
  const look = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(leave, GRACE);
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", leave);
  signal.addEventListener("abort", leave);
  look();
  return {
    signal: hidden.signal,
    release: () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("pagehide", leave);
      signal.removeEventListener("abort", leave);
    },
  };
}
