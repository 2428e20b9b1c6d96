import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Call, Run, Step } from "../journal/model";
import { hasEnded, openQuestions } from "../journal/model";
import { Icon } from "../parts/Icon";
import { Markdown } from "../parts/Markdown";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { useConversation } from "./context";
import { QuestionCard } from "./QuestionCard";
import { glyphOf } from "./states";

const DEEPEST = 2;

/** Work that was given to another agent, on a spine of its own. */
export function Child({ call, depth = 1 }: { call: Call; depth?: number }): ReactNode {
  const telling = useTelling();
  const { words, formats } = useSpeech();
  const { live } = useConversation();
  const child = call.child;
  const run = child === null ? undefined : live.children.get(child.session)?.runs.find((each) => each.id === child.run);
  const state = words.thread.states[call.state] ?? call.state;
  const agent = child?.agent ?? String(call.arguments?.["agent"] ?? "");
  const glyph = glyphOf(call);
  const steps = (run?.entries ?? []).filter((entry): entry is Step => entry.kind === "step");
  const paid = child?.returned?.usage?.cost ?? run?.usage?.cost ?? 0;
  return (
    <section className="card" aria-label={words.thread.child(agent, state)}>
      <header>
        <Icon name={glyph.name} small label={state} className={glyph.tone} />
        <span className="title">{agent}</span>
        <span className="dim cut grow">{String(call.arguments?.["task"] ?? call.target)}</span>
        <span className="end meta num">{[hasEnded(call) ? formats.span(call.seconds) : state, paid > 0 ? formats.money(paid) : ""].filter(Boolean).join(" · ")}</span>
      </header>
      {run === undefined && call.state === "failed" && <p className="body pad dim">{telling.failure(call.result?.code ?? "", call.result?.text ?? "")}</p>}
      {run !== undefined && (
        <div className="body pad">
          <div className="child">
            <ol>
              {steps.flatMap((step) => step.calls).map((each) => (
                <ChildCall key={each.id} call={each} depth={depth} />
              ))}
            </ol>
            <LastWords run={run} steps={steps} returned={child?.returned?.reply ?? ""} />
            {openQuestions(run).map((asked) => (
              <QuestionCard key={asked.question.id} asked={asked} />
            ))}
            {child !== null && (
              <Link className="meta" href={`/sessions/${child.session}`}>
                {words.thread.openChild}
              </Link>
            )}
          </div>
        </div>
      )}
    </section>
  );
}

function ChildCall({ call, depth }: { call: Call; depth: number }): ReactNode {
  const { words, formats } = useSpeech();
  if (call.child !== null && depth < DEEPEST) {
    return (
      <li className="nested">
        <Child call={call} depth={depth + 1} />
      </li>
    );
  }
  const glyph = glyphOf(call);
  const state = words.thread.states[call.state] ?? call.state;
  return (
    <li>
      <Icon name={glyph.name} small label={state} className={glyph.tone} />
      <span className="mono nowrap">{call.name}</span>
      <span className="dim cut">{call.target}</span>
      <span className="end meta num">{hasEnded(call) ? formats.span(call.seconds) : state}</span>
    </li>
  );
}

function LastWords({ run, steps, returned }: { run: Run; steps: Step[]; returned: string }): ReactNode {
  const text = returned || run.reply || steps.at(-1)?.text || "";
  if (text === "") return null;
  return (
    <div className="say folded">
      <Markdown text={text} />
    </div>
  );
}
