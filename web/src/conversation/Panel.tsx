import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Run } from "../journal/model";
import { Icon, type IconName } from "../parts/Icon";
import { useHealth, type Schemas } from "../server";
import { useSpeech } from "../words";
import { useIsLost } from "../shell/connection";
import { standingOf } from "../words/health";
import { useConversation } from "./context";

/** What the newest run does: its plan, the files it changed, what it costs, what it stands on. */
export function Panel({ run, onClose }: { run: Run | undefined; onClose(): void }): ReactNode {
  const { words } = useSpeech();
  return (
    <aside className="panel" aria-label={words.panel.title}>
      <button type="button" className="icon-btn only-narrow panel-close" aria-label={words.shell.close} onClick={onClose}>
        <Icon name="failed" />
      </button>
      {run === undefined ? (
        <section>
          <p className="dim">{words.panel.nothing}</p>
        </section>
      ) : (
        <>
          <Plan run={run} />
          <Files run={run} />
          <Cost run={run} />
          <Under run={run} />
        </>
      )}
    </aside>
  );
}

const STEP_GLYPHS: Record<string, IconName> = { done: "done", in_progress: "running", pending: "queued" };

function Plan({ run }: { run: Run }): ReactNode {
  const { words } = useSpeech();
  if (run.plan.length === 0) return null;
  const done = run.plan.filter((step) => step.status === "done").length;
  return (
    <section>
      <h2>
        {words.panel.plan} <span className="meta num">{words.panel.of(done, run.plan.length)}</span>
      </h2>
      <ol className="plan">
        {run.plan.map((step, place) => {
          const now = step.status === "in_progress";
          return (
            <li key={place} className={step.status === "done" ? "done" : now ? "now" : ""} aria-current={now ? "step" : undefined}>
              <Icon name={STEP_GLYPHS[step.status] ?? "queued"} className={now && run.status === "running" ? "spin" : ""} label={words.thread.states[step.status === "done" ? "done" : now ? "running" : "asked"]!} />
              {step.title}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const KIND_GLYPHS: Record<string, IconName> = { created: "plus", changed: "edit", deleted: "denied" };

function Files({ run }: { run: Run }): ReactNode {
  const { words } = useSpeech();
  const { changes, undo } = useConversation();
  const mine = changes.filter((change) => change.run_id === run.id);
  if (mine.length === 0) return null;
  return (
    <section>
      <h2>
        {words.panel.files}
        {mine.some((change) => change.undoable && !change.undone) && (
          <span className="meta">
            <button type="button" className="linkish" onClick={() => undo(run.id)}>
              {words.panel.undoRun}
            </button>
          </span>
        )}
      </h2>
      <ul className="files">
        {mine.map((change) => (
          <FileRow key={change.path} change={change} onUndo={() => undo(run.id, [change.path])} />
        ))}
      </ul>
    </section>
  );
}

function FileRow({ change, onUndo }: { change: Schemas["ChangeView"]; onUndo(): void }): ReactNode {
  const { words } = useSpeech();
  return (
    <li>
      <Icon name={KIND_GLYPHS[change.kind] ?? "file"} small />
      <span className="mono cut grow" title={change.path}>
        {change.path}
      </span>
      <span className="num meta">
        {change.undone ? (
          words.panel.undone
        ) : change.kind === "created" ? (
          <span className="ok">{words.panel.created}</span>
        ) : change.kind === "deleted" ? (
          <span className="bad">{words.panel.deleted}</span>
        ) : (
          <>
            <span className="ok">+{change.added}</span> <span className="bad">−{change.removed}</span>
          </>
        )}
      </span>
      {change.undoable && !change.undone && (
        <button type="button" className="icon-btn small" aria-label={words.panel.undoFile(change.path)} onClick={onUndo}>
          <Icon name="undo" small />
        </button>
      )}
      {!change.undoable && <Icon name="noundo" small className="warn" label={words.panel.notUndoable} />}
    </li>
  );
}

function Cost({ run }: { run: Run }): ReactNode {
  const { words, formats } = useSpeech();
  const usage = run.usage;
  if (usage === null || usage === undefined) return null;
  const paid = usage.cost ?? 0;
  const saved = usage.saved ?? 0;
  const whole = Math.max(paid + Math.max(saved, 0), 1e-9);
  return (
    <section>
      <h2>{words.panel.cost}</h2>
      <div className="row baseline">
        <span className="big">{formats.money(paid)}</span>
        {saved > 0 && <span className="dim num">{words.panel.insteadOf(formats.money(paid + saved))}</span>}
      </div>
      {saved !== 0 && (
        <>
          <div className="meter" role="img" aria-label={`${words.panel.paid} ${formats.money(paid)}, ${words.panel.saved} ${formats.money(saved)}`}>
            <i className="p" style={{ width: `${(paid / whole) * 100}%` }} />
            <i style={{ flex: 1 }} />
          </div>
          <div className="key">
            <i className="p" />
            <span>{words.panel.paid}</span>
            <span className="num">{formats.money(paid)}</span>
            <i />
            <span>{saved < 0 ? words.panel.cost_more : words.panel.saved}</span>
            <span className="num">{formats.money(saved)}</span>
          </div>
        </>
      )}
      <p className="meta">{words.panel.tokens(formats.number(usage.input_tokens ?? 0), formats.number(usage.cached_tokens ?? 0), formats.number(usage.output_tokens ?? 0))}</p>
      {(usage.unpriced_calls ?? 0) > 0 && <p className="meta">{words.panel.unpriced(usage.unpriced_calls ?? 0)}</p>}
    </section>
  );
}

function Under({ run }: { run: Run }): ReactNode {
  const { words } = useSpeech();
  const { data: health } = useHealth();
  const isLost = useIsLost();
  const standing = isLost ? undefined : health && standingOf(health);
  const model = run.entries.reduce((known, entry) => (entry.kind === "step" && entry.model ? entry.model : known), "");
  return (
    <section>
      <h2>{words.panel.under}</h2>
      <dl className="facts">
        <dt>{words.panel.agent}</dt>
        <dd>{run.agent}</dd>
        {model && (
          <>
            <dt>{words.panel.model}</dt>
            <dd className="cut">{model}</dd>
          </>
        )}
        <dt>{words.panel.status}</dt>
        <dd>{words.shell.statuses[run.status]}</dd>
      </dl>
      {health !== undefined && standing !== undefined && (
        <p className="row standing">
          <span className={health.status === "ok" ? "ok" : "warn"}>
            <Icon name={health.status === "ok" ? "dot" : "half"} small />
          </span>
          <span className="dim">{words.panel.health[standing]}</span>
          {standing === "no_model" && <Link href="/settings/models">{words.panel.connect}</Link>}
        </p>
      )}
    </section>
  );
}
