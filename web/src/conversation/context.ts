import { createContext, useContext, useSyncExternalStore } from "react";

import type { LiveSession } from "../journal/live";
import type { Schemas } from "../server";

/** What the parts of a conversation share. */
export interface ConversationScope {
  live: LiveSession;
  /** What each run changed in files, newest reading. */
  changes: Schemas["ChangeView"][];
  /** Ask what a run would be undone to, and do it. */
  undo(run: string, paths?: string[]): void;
  redo(): void;
}

export const ConversationContext = createContext<ConversationScope | null>(null);

/** Return what the conversation around this part shares. */
export function useConversation(): ConversationScope {
  const scope = useContext(ConversationContext);
  if (scope === null) throw new Error("useConversation is called outside a conversation");
  return scope;
}

/** Draw again whenever the session changes; at most once a frame. */
export function useVersion(live: LiveSession): number {
  return useSyncExternalStore(live.subscribe, live.snapshot);
}
