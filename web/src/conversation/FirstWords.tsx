import { useState, type ReactNode } from "react";

import { Icon, type IconName } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { useModels, useWorkspaces } from "../server";
import { useSpeech } from "../words";
import { TrustCard } from "./TrustCard";

const GLYPHS: readonly IconName[] = ["search", "edit", "term"];
const REHEARSAL = "rehearsal";

/** What an empty conversation shows: what answers, a few things to say that work at once, and what the folder brings along. */
export function FirstWords({ workspace, onSay }: { workspace: string; onSay(text: string): void }): ReactNode {
  const { words } = useSpeech();
  const { data: models } = useModels();
  const { data: workspaces = [] } = useWorkspaces();
  const [dismissed, setDismissed] = useState(false);
  const folder = workspaces.find((each) => each.id === workspace) ?? workspaces.find((each) => each.default);
  const isRehearsal = models?.find((model) => model.default)?.provider === REHEARSAL;
  useKeys(Object.fromEntries(words.first.suggestions.map(({ text }, place) => [`Digit${place + 1}`, () => onSay(text)])));
  return (
    <div className="scroll">
      <div className={`page first ${isRehearsal ? "" : "narrow"}`}>
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
          {isRehearsal && <Connect found={[...new Set((models ?? []).map((model) => model.provider))].filter((name) => name !== REHEARSAL)} />}
        </div>
      </div>
    </div>
  );
}

function Connect({ found }: { found: string[] }): ReactNode {
  const { words } = useSpeech();
  return (
    <section aria-labelledby="connect">
      <h2 id="connect">{words.first.connect}</h2>
      <div className="card connect">
        <div className="pad stack">
          <p>{words.first.connectHow}</p>
          <pre className="code" tabIndex={0}>
            artelier init
          </pre>
          <p className="meta">{words.first.connectMore}</p>
        </div>
        <div className="body pad">
          <h3>{words.first.local}</h3>
          {found.length === 0 && <p className="dim">{words.first.noLocal}</p>}
          <ul className="files">
            {found.map((name) => (
              <li key={name}>
                <Icon name="done" small className="ok" />
                {name}
              </li>
            ))}
          </ul>
        </div>
      </div>
      <p className="meta nothing-sent">{words.first.nothingSent}</p>
    </section>
  );
}
