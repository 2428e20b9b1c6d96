import { useState, type ReactNode } from "react";

import type { Call, Result } from "../journal/model";
import { hasEnded } from "../journal/model";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";

const LAST_LINES = 12;

/** What a call was asked with, what came of it, and by which rule it was let run. */
export function CallDetails({ call }: { call: Call }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const said = call.arguments === null ? call.raw : JSON.stringify(call.arguments, null, 2);
  return (
    <div className="details">
      <h3>{words.thread.arguments}</h3>
      <pre className="out" tabIndex={0}>
        {said}
      </pre>
      {call.verdict !== null && call.verdict.reason && (
        <p className="meta">
          {words.thread.verdict}: {telling.reason(call.verdict)}
          {call.verdict.rule && <code> {call.verdict.rule}</code>}
        </p>
      )}
      <h3>{words.thread.result}</h3>
      <Output call={call} />
    </div>
  );
}

/** Why a call came to nothing: of a refusal its reason alone, of a failure what happened, with its code. */
export function Broken({ call, onMore }: { call: Call; onMore(): void }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const code = call.result?.code ?? "";
  const said = (call.result?.text ?? "").split("\n").slice(0, 4).join("\n");
  const reason = call.state === "denied" && call.verdict?.decision === "forbid" ? telling.reason(call.verdict) : "";
  return (
    <p className="body pad broken">
      {reason || telling.failure(code, said)} {call.state !== "denied" && code !== "" && <code>{code}</code>}{" "}
      <button type="button" className="linkish" onClick={onMore}>
        {words.thread.all}
      </button>
    </p>
  );
}

/** What a call gave or prints: its last lines, all of them on demand. */
export function Output({ call }: { call: Call }): ReactNode {
  const { words, formats } = useSpeech();
  const [whole, setWhole] = useState(false);
  const text = (hasEnded(call) ? (call.result?.text ?? "") : call.output).trimEnd();
  const lines = text.split("\n");
  const shown = whole ? lines : lines.slice(-LAST_LINES);
  if (text === "") return hasEnded(call) || call.state === "waiting" ? null : <p className="meta pad">{words.thread.states[call.state]}</p>;
  return (
    <>
      {call.result !== null && <Pictures result={call.result} target={call.target} />}
      <pre className="body out" tabIndex={0}>
        {shown.length < lines.length && (
          <button type="button" className="linkish" onClick={() => setWhole(true)}>
            {words.thread.all} · {formats.number(lines.length)}
            {"\n"}
          </button>
        )}
        {shown.join("\n")}
      </pre>
    </>
  );
}

/** Pictures that a call made; their size is reserved before they are there. */
function Pictures({ result, target }: { result: Result; target: string }): ReactNode {
  return (result.pictures ?? []).map((picture) => {
    const { address } = picture as { address?: string };
    if (address === undefined) return null;
    const size = picture.width && picture.height ? { width: picture.width, height: picture.height } : {};
    return (
      <figure key={picture.digest} className="picture">
        <a href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={picture.title || target} loading="lazy" {...size} />
        </a>
        {picture.title && <figcaption className="meta">{picture.title}</figcaption>}
      </figure>
    );
  });
}
