import { useEffect, useRef } from "react";

import type { IconName } from "../parts/Icon";

/** Something that what is shown now can do, for the palette. */
export interface Command {
  id: string;
  icon: IconName;
  text: string;
  act(): void;
}

const offered = new Set<{ current: readonly Command[] }>();

/** Offer these commands in the palette for as long as whoever calls this is shown. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    offered.add(latest);
    return () => void offered.delete(latest);
  }, []);
}

/** Return what is offered now, a page's own before that of its parts. */
export function commandsNow(): Command[] {
  return [...offered].toReversed().flatMap((each) => each.current);
}
