import { useSyncExternalStore } from "react";

/** Milliseconds without a stream after which it is said: shorter losses heal unseen. */
export const PATIENCE = 1000;
/** Milliseconds after which a loss is more than a hiccup. */
const LASTS = 10_000;
/** Milliseconds for which it is said that the server is back. */
const STAYS = 4_000;
/** Milliseconds after the return within which events are those that were missed. */
const CATCHING = 1_000;

/** What the person is told: nothing, that it is tried again, that it lasts, that it is over. */
export type Phase = "" | "again" | "lasting" | "back";

/**
 * What the streams of this page know of the server: it is lost while any of them is, and told only after a while.
 *
 * Kept outside React, as streams outlive pages.
 */
export class ConnectionState {
  readonly #lost = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #times: { patience: number; lasts: number; stays: number };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told: { phase: Phase; caught: number } = { phase: "", caught: 0 };
  #backSince = 0;

  constructor(times: Partial<{ patience: number; lasts: number; stays: number }> = {}) {
    this.#times = { patience: PATIENCE, lasts: LASTS, stays: STAYS, ...times };
  }

  /** Take what a stream, by its name, knows now. */
  set(stream: string, isLost: boolean): void {
    const wasLost = this.#lost.size > 0;
    if (isLost) this.#lost.add(stream);
    else this.#lost.delete(stream);
    if (wasLost === this.#lost.size > 0) return;
    clearTimeout(this.#timer);
    if (!wasLost) {
      this.#backSince = 0;
      this.#timer = setTimeout(() => this.#lose(), this.#times.patience);
    } else if (this.isTold()) {
      this.#backSince = Date.now();
      this.#tell("back", this.#told.caught);
      this.#timer = setTimeout(() => this.#tell("", 0), this.#times.stays);
    }
  }

  /** Take how many events of the session were missed, as far as they have come. */
  catchUp(events: number): void {
    const isOld = this.#backSince > 0 && Date.now() - this.#backSince > CATCHING;
    if (this.#told.phase !== "" && !isOld) this.#tell(this.#told.phase, events);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether the person is to be told that the server is lost. */
  isTold = (): boolean => this.#told.phase === "again" || this.#told.phase === "lasting";

  /** What the person is told now, and how many events were caught up. */
  told = (): { phase: Phase; caught: number } => this.#told;

  #lose(): void {
    this.#tell("again", 0);
    this.#timer = setTimeout(() => this.#tell("lasting", 0), this.#times.lasts);
  }

  #tell(phase: Phase, caught: number): void {
    if (phase === this.#told.phase && caught === this.#told.caught) return;
    this.#told = { phase, caught };
    for (const listener of this.#listeners) listener();
  }
}

/** The one state of this page. */
export const connectionState = new ConnectionState();

/** Return whether the server is lost, a second after it was. */
export function useIsLost(): boolean {
  return useSyncExternalStore(connectionState.subscribe, connectionState.isTold);
}

/** Return what the person is told of the connection. */
export function useConnectionTold(): { phase: Phase; caught: number } {
  return useSyncExternalStore(connectionState.subscribe, connectionState.told);
}

/** Try at once: streams that rest take this for the network coming back. */
export function tryNow(): void {
  dispatchEvent(new Event("online"));
}
