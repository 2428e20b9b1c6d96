import { useState, type ReactNode } from "react";

import type { Call } from "../journal/model";
import { hasEnded } from "../journal/model";
import { Icon } from "../parts/Icon";
import { useNow } from "../parts/time";
import { server } from "../server";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { Broken, CallDetails, Output } from "./CallDetails";
import { useConversation } from "./context";
import { Diff } from "./Diff";
import { BROKEN, glyphOf, markOf } from "./states";

/** One call: what it is, how it went, how long it took; below, what it changed or printed. */
export function ToolCard({ call, run }: { call: Call; run: string }): ReactNode {
  const { words, formats } = useSpeech();
  const now = useNow(1000, call.state === "running");
  const [open, setOpen] = useState<boolean | null>(null);
  const glyph = glyphOf(call);
  const files = call.result?.files ?? [];
  const state = words.thread.states[call.state] ?? call.state;
  const took = call.state === "denied" ? "" : hasEnded(call) ? formats.span(call.seconds) : call.startedAt > 0 ? formats.span((now - call.startedAt) / 1000) : "";
  const isCommand = call.name === "execute_command";
  const command = String(call.arguments?.["command"] ?? call.target);
  const showsBody = files.length > 0 || isCommand || call.output !== "" || (call.result?.pictures?.length ?? 0) > 0;
  const isOpen = open ?? (BROKEN.has(call.state) && !(showsBody && (call.result?.code ?? "") === "")); // what is printed tells it
  const tail = [call.result?.exit_code != null ? words.thread.exit(call.result.exit_code) : "", took].filter(Boolean);
  return (
    <article className="card" aria-label={`${call.name} ${call.target}, ${state}`}>
      <header>
        <button type="button" className="linkish plain grow" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={glyph.name} small label={state} className={call.state === "done" && glyph.name === "done" ? "ok" : glyph.tone} />
          {isCommand || files.length === 1 ? <span className="mono cut">{files[0]?.path ?? command}</span> : <span className="mono nowrap">{call.name}</span>}
          {!isCommand && files.length !== 1 && <span className="dim cut">{call.target}</span>}
        </button>
        <FileCounts call={call} />
        <span className="end row">
          {isCommand && call.result?.sandbox && (
            <span className="tag line">
              <Icon name="lock" />
              {words.thread.sandboxes[call.result.sandbox] ?? call.result.sandbox}
            </span>
          )}
          <span className="meta num">{tail.join(" · ")}</span>
          <StateTag call={call} />
          {files.length > 0 && hasEnded(call) && <UndoButton run={run} paths={files.map((file) => file.path)} />}
        </span>
      </header>
      {files.map((file) => (
        <FileDiff key={file.path} run={run} path={file.path} />
      ))}
      {open !== true && showsBody && files.length === 0 && <Output call={call} />}
      {isOpen && open === null && <Broken call={call} onMore={() => setOpen(true)} />}
      {open === true && (
        <div className="body pad">
          <CallDetails call={call} />
        </div>
      )}
      <Habit call={call} />
    </article>
  );
}

const TONES: Record<string, string> = { running: "acc", waiting: "acc", failed: "bad", denied: "bad", timed_out: "warn", in_doubt: "warn" };

/** The word of a state that is not quiet, and of how a result came other than by running now. */
function StateTag({ call }: { call: Call }): ReactNode {
  const { words } = useSpeech();
  const mark = words.thread.marks[markOf(call)];
  if (call.state === "done") return mark === undefined ? null : <span className="tag line">{mark}</span>;
  return <span className={`tag ${TONES[call.state] ?? "line"}`}>{words.thread.states[call.state]}</span>;
}

const HABIT = "habit:";

/** Why a call was not asked about, where earlier answers to its like allow it, and a way to end that. */
function Habit({ call }: { call: Call }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const [ended, setEnded] = useState(false);
  const grant = call.verdict?.grant ?? "";
  if (!grant.startsWith(HABIT)) return null;
  const end = async (): Promise<void> => {
    await server.api.DELETE("/api/v1/grants/{grant_id}", { params: { path: { grant_id: grant } } });
    setEnded(true);
  };
  return (
    <p className="body pad row wrap">
      <Icon name="shieldok" small />
      <span className="dim grow">{call.verdict === null ? "" : telling.reason(call.verdict)}</span>
      {ended ? (
        <span className="meta">{words.thread.revoked}</span>
      ) : (
        <button type="button" className="btn small" onClick={() => void end()}>
          {words.thread.stopHabit}
        </button>
      )}
    </p>
  );
}

function FileCounts({ call }: { call: Call }): ReactNode {
  const added = (call.result?.files ?? []).reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = (call.result?.files ?? []).reduce((sum, file) => sum + (file.removed ?? 0), 0);
  if (added + removed === 0) return null;
  return (
    <>
      <span className="num ok">+{added}</span>
      <span className="num bad">−{removed}</span>
    </>
  );
}

function FileDiff({ run, path }: { run: string; path: string }): ReactNode {
  const { changes } = useConversation();
  const { words } = useSpeech();
  const change = changes.find((each) => each.run_id === run && each.path === path);
  if (change === undefined || change.diff === "") return null;
  return (
    <div className="body">
      <Diff diff={change.diff} label={`${words.thread.changes}: ${path}`} />
    </div>
  );
}

function UndoButton({ run, paths }: { run: string; paths: string[] }): ReactNode {
  const { words } = useSpeech();
  const { live, changes, undo } = useConversation();
  const mine = changes.filter((change) => change.run_id === run && paths.includes(change.path));
  if (live.conversation.runs.some((each) => each.id === run && each.inherited)) return null;
  if (mine.length > 0 && mine.every((change) => change.undone)) return <span className="tag">{words.panel.undone}</span>;
  if (mine.length > 0 && mine.every((change) => !change.undoable)) {
    return (
      <span className="warn meta nowrap">
        <Icon name="noundo" small /> {words.panel.notUndoable}
      </span>
    );
  }
  return (
    <button type="button" className="btn ghost small" onClick={() => undo(run, paths)}>
      <Icon name="undo" small />
      {words.thread.undo}
    </button>
  );
}
