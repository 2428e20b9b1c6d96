import { useSyncExternalStore } from "react";

const kept = new Map<string, unknown>();
const watchers = new Set<() => void>();

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Keep what is written and not saved under a key, `undefined` for nothing any more; while there is any, leaving the console asks first. */
export function keep(key: string, draft: unknown): void {
  if (draft === undefined) kept.delete(key);
  else kept.set(key, draft);
  if (kept.size > 0) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
  for (const each of watchers) each();
}

/** Return what is kept under a key: it outlives a look at another page. */
export function useKept<Draft>(key: string): Draft | undefined {
  return useSyncExternalStore(watch, () => kept.get(key)) as Draft | undefined;
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
