import type { ReactNode } from "react";

import type { Question } from "../journal/model";
import { Icon } from "../parts/Icon";
import type { Schemas } from "../server";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";

const SHOWN_ELSEWHERE = new Set(["command", "content", "old_text", "new_text", "old", "new"]);

/** What exactly would happen: the parsed command sign by sign, files, address, what cannot be taken back, labels, why it is asked. */
export function Effect({ question, parsed, onEdit }: { question: Question; parsed: Schemas["ApprovalView"] | undefined; onEdit: (() => void) | undefined }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const reason = telling.reason(question);
  const command = question.call?.arguments?.["command"];
  const labels = question.labels ?? [];
  const writes = parsed?.writes ?? [];
  const inWords = question.kind === "words" || question.kind === "clarification"; // its text and options say it all
  const others = inWords ? [] : Object.entries(question.call?.arguments ?? {}).filter(([name, value]) => !SHOWN_ELSEWHERE.has(name) && value !== null && value !== false);
  const edit = onEdit !== undefined && (
    <button type="button" className="btn ghost small" onClick={onEdit}>
      <Icon name="edit" small />
      {words.question.edit} <kbd>E</kbd>
    </button>
  );
  return (
    <dl className="facts">
      {typeof command === "string" && (
        <>
          <dt>{words.question.command}</dt>
          <dd>
            <Command text={command} parsed={parsed} />
            {edit}
          </dd>
        </>
      )}
      {typeof command !== "string" && others.length > 0 && (
        <>
          <dt>{words.question.arguments}</dt>
          <dd className="argv">
            {others.map(([name, value]) => (
              <span key={name}>
                {name}={typeof value === "string" ? value : JSON.stringify(value)}
              </span>
            ))}
            {edit}
          </dd>
        </>
      )}
      {writes.length > 0 && (
        <>
          <dt>{words.question.writes}</dt>
          <dd className="mono">{writes.join(", ")}</dd>
        </>
      )}
      {parsed !== undefined && parsed.address !== "" && (
        <>
          <dt>{words.question.network}</dt>
          <dd>{parsed.address}</dd>
        </>
      )}
      {question.undoable != null && (
        <>
          <dt>{words.question.undo}</dt>
          <dd>
            {question.undoable ? (
              words.question[putsBack(question)]
            ) : (
              <span className="warn nowrap">
                <Icon name="noundo" small /> {words.question.notUndoable}
              </span>
            )}
          </dd>
        </>
      )}
      {labels.length > 0 && (
        <>
          <dt>{words.question.seen}</dt>
          <dd className="row wrap">
            {labels.map((label) => (
              <span key={label} className="tag taint">
                <Icon name="shield" />
                {words.question.labels[label] ?? label}
              </span>
            ))}
          </dd>
        </>
      )}
      {reason !== "" && (
        <>
          <dt>{words.question.why}</dt>
          <dd>{reason}</dd>
        </>
      )}
    </dl>
  );
}

/** What can be put back of a call that can be undone: of a command, and of what destroys, the files alone. */
function putsBack({ call, labels }: Question): "undoable" | "undoableFiles" {
  return call?.arguments?.["command"] !== undefined || labels?.includes("destructive") ? "undoableFiles" : "undoable";
}

/** A command as it was parsed, a word in its own box; as it was written where it cannot be read. */
function Command({ text, parsed }: { text: string; parsed: Schemas["ApprovalView"] | undefined }): ReactNode {
  if (parsed === undefined || !parsed.parseable || parsed.commands.length === 0) return <pre className="command">{text}</pre>;
  return (
    <>
      {parsed.commands.length > 1 && <pre className="command">{text}</pre>}
      {parsed.commands.map((each, place) => (
        <div key={place} className="argv">
          {each.argv.map((word, at) => (
            <span key={at} className={at === 0 ? "prog" : ""}>
              {word}
            </span>
          ))}
        </div>
      ))}
    </>
  );
}
