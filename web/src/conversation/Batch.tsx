import { useState, type ReactNode } from "react";

import type { Call, Run, Step } from "../journal/model";
import { hasEnded } from "../journal/model";
import { Icon } from "../parts/Icon";
import { useNow } from "../parts/time";
import { useSpeech } from "../words";
import { Broken, CallDetails } from "./CallDetails";
import { BROKEN, glyphOf, isRefused, markOf } from "./states";

/** Per cent of the axis below which "reply complete" is the axis's own beginning. */
const EDGE = 1;

interface Span {
  from: number;
  to: number;
}

/** Return when a call was at work, in milliseconds; what is at work still ends now. */
function spanOf(call: Call, step: Step, now: number): Span {
  if (call.state === "denied") return { from: step.repliedAt, to: step.repliedAt }; // it never was at work, however long somebody thought
  const from = call.early > 0 ? step.repliedAt - call.early * 1000 : call.startedAt || step.repliedAt;
  return { from, to: Math.max(from, call.endedAt > 0 ? Math.max(from + call.seconds * 1000, from) : now) };
}

/** Return for how long any of them was at work, in milliseconds: a person's time to think between them is not theirs. */
export function busy(spans: readonly Span[]): number {
  let until = -Infinity;
  let sum = 0;
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    sum += Math.max(0, span.to - Math.max(span.from, until));
    until = Math.max(until, span.to);
  }
  return sum;
}

/** Calls of one reply on one time axis: what ran together, what started before the reply was whole, what cost nothing. */
export function Batch({ step, calls, run }: { step: Step; calls: Call[]; run: Run }): ReactNode {
  const { words, formats } = useSpeech();
  const running = calls.some((call) => !hasEnded(call));
  const now = useNow(250, running);
  const [open, setOpen] = useState(true);
  const spans = calls.map((call) => spanOf(call, step, now));
  const begin = Math.min(step.repliedAt, ...spans.map((span) => span.from));
  const end = Math.max(step.repliedAt, begin + 1, ...spans.map((span) => span.to));
  const place = (moment: number): number => ((moment - begin) / (end - begin)) * 100;
  const wall = busy(spans) / 1000;
  const alone = calls.reduce((sum, call) => sum + call.seconds, 0);
  const replied = place(step.repliedAt);
  return (
    <section className="card" aria-label={`${words.thread.calls(calls.length)}, ${running ? words.thread.states["running"] : formats.span(wall)}`}>
      <header>
        <button type="button" className="linkish plain" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "down" : "right"} small />
          <span className="title">{words.thread.calls(calls.length)}</span>
        </button>
        <span className="meta num">{running ? words.thread.states["running"] : [formats.span(wall), ...(alone > wall ? [words.thread.oneByOne(formats.span(alone))] : [])].join(" · ")}</span>
      </header>
      {open && (
        <ol className="body tl">
          <li className="tl-row tl-axis" aria-hidden="true">
            <span />
            <span />
            <span className="track">
              <span style={{ left: 0 }}>0</span>
              {replied > 45 && replied < 88 && <span style={{ left: `${replied}%`, transform: "translateX(-100%)", paddingRight: ".35rem" }}>{words.thread.replyComplete}</span>}
              <span style={{ right: 0 }}>{formats.span((end - begin) / 1000)}</span>
              {replied > EDGE && <span className="mk" style={{ left: `${replied}%` }} />}
            </span>
            <span />
          </li>
          {calls.map((call, index) => (
            <Row key={call.id} call={call} span={spans[index]!} place={place} replied={replied} isRefused={isRefused(call, run)} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({ call, span, place, replied, isRefused }: { call: Call; span: Span; place: (moment: number) => number; replied: number; isRefused: boolean }): ReactNode {
  const { words, formats } = useSpeech();
  const [open, setOpen] = useState<boolean | null>(null);
  const glyph = glyphOf(call);
  const mark = markOf(call);
  const isBroken = BROKEN.has(call.state);
  const isOpen = open ?? (isBroken && !isRefused);
  const said = words.thread.states[isRefused ? "rejected" : call.state] ?? call.state;
  const word = isBroken ? said : (words.thread.marks[mark] ?? "");
  const state = [said, words.thread.marks[mark]].filter(Boolean).join(", ");
  const left = place(span.from);
  const width = Math.max(place(span.to) - left, 0.6);
  const shape = !hasEnded(call) ? "run" : ({ early: "early", cached: "cached", read_ahead: "guess" }[mark] ?? "");
  return (
    <li className="tl-item">
      <button type="button" className="tl-row" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={glyph.name} label={state} className={glyph.tone} />
        <span className="what">
          <span className="mono nowrap">{call.name}</span>
          <span className="dim cut">{call.target}</span>
          {word && <span className={`meta tagword nowrap ${isBroken ? glyph.tone : ""}`}>{word}</span>}
        </span>
        <span className="track" aria-hidden="true">
          {replied > EDGE && <span className="mk" style={{ left: `${replied}%` }} />}
          {call.state !== "denied" && (hasEnded(call) || call.startedAt > 0) && <i className={shape} style={{ left: `${left}%`, width: `${width}%` }} />}
          {word && (
            <span className={`note ${isBroken ? glyph.tone : ""}`} style={left + width > 70 ? { right: `calc(${100 - left}% + .4rem)` } : { left: `calc(${left + width}% + .5rem)` }}>
              {word}
            </span>
          )}
        </span>
        <span className="ms num">{call.state === "denied" ? "" : hasEnded(call) ? formats.span(call.seconds) : said}</span>
      </button>
      {isOpen && (open === null ? <Broken call={call} onMore={() => setOpen(true)} /> : <CallDetails call={call} />)}
    </li>
  );
}
