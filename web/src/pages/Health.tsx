import type { ReactNode } from "react";
import { Link } from "wouter";

import { Icon, type IconName } from "../parts/Icon";
import { useNow } from "../parts/time";
import { useHealth, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { isWarned, partText, standingOf } from "../words/health";
import { houseWords } from "../words/house";
import { Loaded } from "./Loaded";
import { SetupBar } from "./SetupBar";

type State = Schemas["PartView"]["state"];
const LOOKS: Record<State, { icon: IconName; tone: string }> = { ok: { icon: "dot", tone: "ok" }, degraded: { icon: "half", tone: "warn" }, down: { icon: "failed", tone: "bad" } };
const WARNED = { icon: "warn", tone: "warn" } as const;

/** Whether everything works: part by part, how old the look is, and what to do where something does not. */
export default function Health({ menuButton }: { menuButton: ReactNode }): ReactNode {
  const words = useWords(houseWords);
  const health = useHealth();
  return (
    <main className="main" aria-label={words.health}>
      <SetupBar title={words.health} menuButton={menuButton} />
      <div className="paged grow">
        <div className="page">
          <Loaded query={health}>{(view) => <Parts view={view} onAgain={() => void health.refetch()} />}</Loaded>
        </div>
      </div>
    </main>
  );
}

function Parts({ view, onAgain }: { view: Schemas["ReadyView"]; onAgain(): void }): ReactNode {
  const words = useWords(houseWords);
  const { formats } = useSpeech();
  const now = useNow(1000);
  const standing = standingOf(view);
  return (
    <>
      <div className="row wrap">
        <Icon name={LOOKS[view.status].icon} className={LOOKS[view.status].tone} />
        <h2 className="page-title" role="status">
          {words.states[standing]}
        </h2>
        {standing === "no_model" && <Link href="/settings/models">{words.connect}</Link>}
        <span className="end row">
          <span className="meta num">{words.checked(formats.span(Math.max(1, Math.round((now - Date.parse(view.at)) / 1000))))}</span>
          <button type="button" className="btn small" onClick={onAgain}>
            {words.lookAgain}
          </button>
        </span>
      </div>
      <ul className="health-parts">
        {Object.entries(view.parts).map(([name, part]) => (
          <Part key={name} name={name} part={part} />
        ))}
      </ul>
      <p className="meta">
        {words.version(view.version)} · {words.doctor} <code>artelier doctor</code>
      </p>
    </>
  );
}

function Part({ name, part }: { name: string; part: Schemas["PartView"] }): ReactNode {
  const words = useWords(houseWords);
  const { language } = useSpeech();
  const detail = partText(language, part);
  const look = isWarned(part) ? WARNED : LOOKS[part.state];
  return (
    <li className="card pad">
      <p className="row wrap">
        <Icon name={look.icon} className={look.tone} />
        <b>{words.parts[name] ?? name}</b>
        <span className={`end tag ${isWarned(part) ? "warn" : part.state === "ok" ? "line" : part.state === "down" ? "bad" : "warn"}`}>{words.partStates[part.state]}</span>
      </p>
      {detail !== "" && <p className="meta said part-detail">{detail}</p>}
      {part.state !== "ok" && words.todo[name] !== undefined && (
        <p className="part-detail">
          <b>{words.whatToDo}:</b> {words.todo[name]}
        </p>
      )}
    </li>
  );
}
