import type { ReactNode } from "react";

import { Icon, Mark } from "../parts/Icon";
import { useModels } from "../server";
import { useSpeech } from "../words";

/** What an empty conversation shows: what this is, and a few things to say that work at once. */
export function FirstWords({ onSay }: { onSay(text: string): void }): ReactNode {
  const { words } = useSpeech();
  const { data: models } = useModels();
  const isRehearsal = models?.find((model) => model.default)?.provider === "rehearsal";
  return (
    <div className="scroll">
      <div className="page first">
        <Mark />
        <h2 className="first-title">{words.first.title}</h2>
        <p className="lead">{words.first.lead}</p>
        <ul className="suggestions">
          {words.first.suggestions.map((text) => (
            <li key={text}>
              <button type="button" className="btn" onClick={() => onSay(text)}>
                {text}
              </button>
            </li>
          ))}
        </ul>
        {isRehearsal && (
          <p className="notice">
            <Icon name="info" />
            <span>
              <b>{words.first.rehearsal}</b> {words.first.rehearsalMore} <code>./run init</code>
            </span>
          </p>
        )}
      </div>
    </div>
  );
}
