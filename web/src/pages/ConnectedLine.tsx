import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import type { Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { connectWords } from "../words/connect";

/** Says which model was connected, how soon it answered and what that cost; nothing where none was. */
export function ConnectedLine({ connected }: { connected: Schemas["ConnectedView"] | null }): ReactNode {
  const words = useWords(connectWords);
  const { formats } = useSpeech();
  if (connected === null) return null;
  return (
    <p className="meta row connected" role="status">
      <Icon name="done" small className="ok" />
      {words.answered(connected.model, formats.span(connected.seconds), connected.cost > 0 ? formats.money(connected.cost) : "")}
    </p>
  );
}
