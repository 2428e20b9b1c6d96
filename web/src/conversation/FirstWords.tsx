import { useState, type ReactNode } from "react";

import { Icon, type IconName } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { Connect, type Connected } from "../pages/Connect";
import { ConnectedLine } from "../pages/ConnectedLine";
import { useModels, useWorkspaces } from "../server";
import { useSpeech, useWords } from "../words";
import { connectWords } from "../words/connect";
import { TrustCard } from "./TrustCard";

const GLYPHS: readonly IconName[] = ["search", "edit", "term"];
const REHEARSAL = "rehearsal";

/** What an empty conversation shows: what answers, a few things to say that work at once, and what the folder brings along. */
export function FirstWords({ workspace, onSay }: { workspace: string; onSay(text: string): void }): ReactNode {
  const { words } = useSpeech();
  const connecting = useWords(connectWords);
  const [connected, setConnected] = useState<Connected | null>(null);
  const { data: models } = useModels();
  const { data: workspaces = [] } = useWorkspaces();
  const [dismissed, setDismissed] = useState(false);
  const folder = workspaces.find((each) => each.id === workspace) ?? workspaces.find((each) => each.default);
  const isRehearsal = models?.find((model) => model.default)?.provider === REHEARSAL;
  const began = (answer: Connected): void => {
    setConnected(answer);
    document.getElementById("message")?.focus();
  };
  useKeys(Object.fromEntries(words.first.suggestions.map(({ text }, place) => [`Digit${place + 1}`, () => onSay(text)])));
  return (
    <div className="scroll">
      <div className={`page first ${isRehearsal ? "" : "narrow"}`}>
        <ConnectedLine connected={connected} />
        <h2 className="first-title">{isRehearsal ? words.first.noModel : words.first.title}</h2>
        <p className="lead">{isRehearsal ? words.first.noModelLead : words.first.lead}</p>
        <div className={isRehearsal ? "first-columns" : ""}>
          <section aria-labelledby="try-now">
            <h2 id="try-now">{words.first.tryNow}</h2>
            <ul className="starters">
              {words.first.suggestions.map(({ text, about }, place) => (
                <li key={text}>
                  <button type="button" className="starter" onClick={() => onSay(text)}>
                    <Icon name={GLYPHS[place] ?? "chat"} />
                    <span className="grow">
                      <b>{text}</b>
                      <span className="dim">{about}</span>
                    </span>
                    <kbd>{place + 1}</kbd>
                  </button>
                </li>
              ))}
            </ul>
            {folder !== undefined && !dismissed && <TrustCard workspace={folder.id} folder={folder.name} onDismiss={() => setDismissed(true)} />}
          </section>
          {isRehearsal && (
            <section aria-labelledby="connect">
              <h2 id="connect">{connecting.title}</h2>
              <Connect onConnected={began} />
            </section>
          )}
        </div>
      </div>
    </div>
  );
}
