import { memo, type ReactNode } from "react";

import type { Call, Entry, Note, Run, Step } from "../journal/model";
import { ENDED, hasEnded } from "../journal/model";
import { Icon, type IconName } from "../parts/Icon";
import { Markdown } from "../parts/Markdown";
import { queries, server } from "../server";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { Batch } from "./Batch";
import { Child } from "./Child";
import { useConversation } from "./context";
import { FromHere } from "./forking";
import { Node } from "./Node";
import { QuestionCard } from "./QuestionCard";
import { Route } from "./Route";
import { RunEnd } from "./RunEnd";
import { isRefused } from "./states";
import { ToolCard } from "./ToolCard";

/** Words to the runtime that show as something else than a call: a question, the reply, a hand-over. */
const UNSEEN = new Set(["ask_user", "finish", "switch_agent", "update_plan"]);

/** One run: the message, who took it, and everything that came of it along one spine. */
export function RunView({ run, place }: { run: Run; place: number }): ReactNode {
  const { words, formats } = useSpeech();
  return (
    <>
      <article className={`msg-user ${run.status === "queued" ? "faint" : ""}`} aria-label={`${words.thread.you}, ${formats.time(run.sentAt)}`}>
        <p>{run.message}</p>
        {run.status !== "queued" && <FromHere run={run} />}
        {run.status === "queued" && (
          <p className="meta">
            <Icon name="queued" small /> {words.thread.queued(place)}
          </p>
        )}
      </article>
      <Route run={run} />
      <div className="spine">
        {run.entries.map((entry, index) => (
          <EntryView key={keyOf(entry, index)} entry={entry} run={run} />
        ))}
        <RunEnd run={run} />
      </div>
    </>
  );
}

function keyOf(entry: Entry, index: number): string {
  if (entry.kind === "step") return `step-${entry.number}`;
  return entry.kind === "question" ? entry.question.id : `note-${index}`;
}

function EntryView({ entry, run }: { entry: Entry; run: Run }): ReactNode {
  switch (entry.kind) {
    case "step":
      return <StepView step={entry} run={run} />;
    case "question":
      return (
        <Node icon="hand" tone={entry.answer === null ? "acc" : ""} className="asked">
          <QuestionCard asked={entry} />
        </Node>
      );
    case "note":
      return <NoteView note={entry} run={run} />;
  }
}

function StepView({ step, run }: { step: Step; run: Run }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const calls = step.calls.filter((call) => !UNSEEN.has(call.name));
  const together = calls.filter((call) => call.name !== "delegate" && (call.result?.files?.length ?? 0) === 0);
  const batched = step.settled && together.length > 1 ? together : [];
  const alone = calls.filter((call) => !batched.includes(call) && !isRefused(call, run));
  const finished = step.calls.find((call) => call.name === "finish");
  const text = [step.text, String(finished?.arguments?.["result"] ?? "")].filter(Boolean).join("\n\n");
  return (
    <>
      {(text !== "" || step.reasoning !== "" || (!step.settled && calls.length === 0)) && (
        <Node>
          {step.restarted && <p className="meta">{words.thread.startedOver}</p>}
          {step.reasoning !== "" && (
            <details className="reasoning" open={!step.settled && text === ""}>
              <summary>{words.thread.reasoning}</summary>
              <div className="dim">
                <Words text={step.reasoning} />
              </div>
            </details>
          )}
          <div className={`say ${step.settled ? "" : "is-live"}`}>
            <Words text={text} />
            {words.thread.fromCache[step.source] && (
              <p className="meta">
                <Icon name="cached" small /> {words.thread.fromCache[step.source]}
              </p>
            )}
          </div>
        </Node>
      )}
      {step.failure !== null && (
        <Node icon="warn" tone="bad">
          <p className="notice warn">
            <span>
              {telling.failure(step.failure.code, step.failure.message)} <code>{step.failure.code}</code>
            </span>
          </p>
        </Node>
      )}
      {batched.length > 0 && (
        <Node icon="list">
          <Batch step={step} calls={batched} run={run} />
        </Node>
      )}
      {alone.map((call) => (
        <Node key={call.id} icon={iconOf(call)} tone={hasEnded(call) ? "" : "acc"}>
          {call.name === "delegate" ? <Child call={call} /> : <ToolCard call={call} run={run.id} />}
        </Node>
      ))}
    </>
  );
}

/** Return the arguments of the call that a question was about. */
function callOf(run: Run, question: string | undefined): Record<string, unknown> | null {
  const asked = run.entries.find((entry) => entry.kind === "question" && entry.question.id === question);
  return asked?.kind === "question" ? (asked.answer?.arguments ?? asked.question.call?.arguments ?? null) : null;
}

/** Return whether nothing was put back or done again with these files since. */
function isLastOf(paths: readonly string[], note: Note["note"], run: Run): boolean {
  const restored = run.entries.flatMap((entry) => (entry.kind === "note" && entry.note.type === "restored" ? [entry.note] : []));
  return !restored.slice(restored.findIndex((each) => each === note) + 1).some((later) => later.paths.some((path) => paths.includes(path)));
}

const Words = memo(Markdown);

function iconOf(call: Call): IconName {
  if (call.name === "delegate") return "branch";
  if (call.name === "execute_command") return "term";
  if ((call.result?.files?.length ?? 0) > 0 || /^(write|edit|delete|move|create)_/.test(call.name)) return "edit";
  if (/^(web_|browser_)/.test(call.name)) return "globe";
  if (/^search/.test(call.name)) return "search";
  return "file";
}

function NoteView({ note: { note, at }, run }: { note: Note; run: Run }): ReactNode {
  const { words, formats } = useSpeech();
  const telling = useTelling();
  const { redo, changes } = useConversation();
  switch (note.type) {
    case "switched":
      return (
        <Node icon="branch">
          <p className="note-line">
            <b>{words.thread.switched(run.route?.agent ?? "", note.agent)}</b> <span className="dim">{note.reason}</span>
          </p>
        </Node>
      );
    case "granted":
      return (
        <Node icon="shieldok">
          <p className="note-line">
            <span className={note.revoked ? "struck" : ""}>
              {telling.effect(note.grant.tool, callOf(run, note.grant.question), note.grant.effect || note.grant.tool)}: {words.thread.granted[note.grant.scope]}
            </span>{" "}
            {note.revoked ? <span className="dim">{words.thread.revoked}</span> : !run.inherited && <RevokeButton grant={note.grant.id} />}
          </p>
        </Node>
      );
    case "compacted":
      return (
        <Node icon="list">
          <details className="note-line">
            <summary>{words.thread.compacted(formats.number(note.before), formats.number(note.after))}</summary>
            <div className="dim">
              <Markdown text={note.summary} />
            </div>
          </details>
        </Node>
      );
    case "restored":
      return (
        <Node icon={note.action === "undo" ? "undo" : "retry"}>
          <p className="note-line">
            {note.action === "undo" ? words.thread.restored(note.paths.length) : words.thread.redone(note.paths.length)} <span className="mono dim">{note.paths.join(", ")}</span>{" "}
            {note.left.length > 0 && (
              <span className="warn">
                {words.thread.left(note.left.length)}: {note.left.join(", ")}
              </span>
            )}{" "}
            {note.action === "undo" && !run.inherited && isLastOf(note.paths, note, run) && changes.some((change) => change.undone && note.paths.includes(change.path)) && (
              <button type="button" className="linkish" onClick={redo}>
                {words.thread.redo}
              </button>
            )}
            <span className="meta"> {formats.time(at)}</span>
          </p>
        </Node>
      );
    case "stopping":
      return ENDED.has(run.status) ? null : (
        <Node icon="stop">
          <p className="note-line dim">{words.thread.stopping}</p>
        </Node>
      );
  }
}

function RevokeButton({ grant }: { grant: string }): ReactNode {
  const { words } = useSpeech();
  const revoke = async (): Promise<void> => {
    await server.api.DELETE("/api/v1/grants/{grant_id}", { params: { path: { grant_id: grant } } });
    void queries.invalidateQueries({ queryKey: ["grants"] });
  };
  return (
    <button type="button" className="linkish" onClick={() => void revoke()}>
      {words.thread.revoke}
    </button>
  );
}
