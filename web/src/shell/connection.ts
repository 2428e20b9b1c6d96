import { useSyncExternalStore } from "react";

/** Milliseconds without a stream after which it is said: shorter losses heal unseen. */
export const PATIENCE = 1000;

/**
 * What the streams of this page know of the server: it is lost while any of them is, and told only after a while.
 *
 * Kept outside React, as streams outlive pages.
 */
export class ConnectionState {
  readonly #lost = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTold = false;

  /** Take what a stream, by its name, knows now. */
  set(stream: string, isLost: boolean): void {
    if (isLost) this.#lost.add(stream);
    else this.#lost.delete(stream);
    if (this.#lost.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#tell(false);
    } else {
      this.#timer ??= setTimeout(() => this.#tell(true), PATIENCE);
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether the person is to be told that the server is lost. */
  isTold = (): boolean => this.#isTold;

  #tell(isTold: boolean): void {
    if (isTold === this.#isTold) return;
    this.#isTold = isTold;
    for (const listener of this.#listeners) listener();
  }
}

/** The one state of this page. */
export const connectionState = new ConnectionState();

/** Return whether the server is lost, a second after it was. */
export function useIsLost(): boolean {
  return useSyncExternalStore(connectionState.subscribe, connectionState.isTold);
}
