import { LONGEST_PAUSE } from "@artelier/client";
import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useSpeech } from "../words";
import { tryNow, useConnectionTold } from "./connection";

/** Says on every page that the server is lost, that it lasts, and for a moment that it is back. It lies over the page: nothing below moves. */
export function LostBanner(): ReactNode {
  return (
    <div role="status" aria-live="polite" className="lost-place">
      <Told />
    </div>
  );
}

function Told(): ReactNode {
  const { words, formats } = useSpeech();
  const { phase, caught } = useConnectionTold();
  switch (phase) {
    case "":
      return null;
    case "again":
      return (
        <div className="notice">
          <Icon name="running" className="spin" />
          <span>{words.shell.lost}</span>
        </div>
      );
    case "lasting":
      return (
        <div className="notice warn">
          <Icon name="offline" />
          <div className="grow">
            <b>{words.shell.noConnection}</b>
            <p>{words.shell.noConnectionMore(formats.number(LONGEST_PAUSE / 1000))}</p>
          </div>
          <button type="button" className="btn small" onClick={tryNow}>
            {words.thread.tryNow}
          </button>
        </div>
      );
    case "back":
      return (
        <div className="notice acc">
          <Icon name="done" />
          <div className="grow">
            <b>{words.shell.back(caught)}</b>
            <p>{words.shell.backMore}</p>
          </div>
        </div>
      );
  }
}
