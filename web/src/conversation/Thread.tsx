import { useCallback, useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from "react";

import type { Conversation } from "../journal/model";
import { openQuestions } from "../journal/model";
import { Icon } from "../parts/Icon";
import { isWriting, useKeys } from "../parts/keys";
import { useIsNarrow } from "../parts/narrow";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { useConversation } from "./context";
import { Origin } from "./forking";
import { WaitingBar } from "./QuestionSheet";
import { RunView } from "./RunView";
import { goToQuestion, isInSight, questionsIn, useSight } from "./sight";
import { useOneStop, walk } from "./walking";

/** Pixels from the end within which the thread follows what comes. */
const NEAR = 48;

/** The conversation from top to bottom; it follows its end until somebody reads further up. */
export function Thread({ conversation, version }: { conversation: Conversation; version: number }): ReactNode {
  const { words } = useSpeech();
  const scroll = useRef<HTMLDivElement>(null);
  const log = useRef<HTMLDivElement>(null);
  useOneStop(log);
  const sticks = useRef(true);
  const [behind, setBehind] = useState(0);
  const seen = useRef(0);
  const top = useRef(0);
  const { hidden } = useSight();
  const isNarrow = useIsNarrow();
  const { live } = useConversation();
  const sent = conversation.runs.length;

  const toEnd = useCallback(() => {
    sticks.current = true;
    setBehind(0);
    scroll.current?.scrollTo({ top: scroll.current.scrollHeight });
  }, []);

  useEffect(toEnd, [sent, toEnd]);

  useLayoutEffect(() => {
    const place = scroll.current;
    if (place === null) return;
    if (sticks.current && !isHeld(place)) {
      place.scrollTop = place.scrollHeight;
      seen.current = conversation.seq;
    } else {
      setBehind(conversation.seq - seen.current);
    }
  }, [version, conversation.seq]);

  useEffect(() => {
    const place = scroll.current;
    if (place === null) return;
    const grown = new ResizeObserver(() => {
      if (sticks.current && !isHeld(place)) place.scrollTop = place.scrollHeight;
    });
    for (const each of [place, place.firstElementChild!]) grown.observe(each);
    return () => grown.disconnect();
  }, []);

  const onScroll = (): void => {
    const place = scroll.current;
    if (place === null) return;
    const isNear = place.scrollHeight - place.scrollTop - place.clientHeight <= NEAR;
    sticks.current = isNear || (sticks.current && place.scrollTop >= top.current); // what grows meanwhile does not let go, moving up does
    top.current = place.scrollTop;
    if (sticks.current) {
      seen.current = conversation.seq;
      setBehind(0);
    }
  };

  const toQuestion = (): void => {
    const questions = questionsIn(scroll.current);
    const here = questions.findIndex((each) => each.contains(document.activeElement));
    goToQuestion(questions[(here + 1) % questions.length]);
  };
  const toHidden = (): void => goToQuestion(questionsIn(scroll.current).find((each) => !isInSight(each)));
  useKeys({ ...(isNarrow ? {} : { KeyW: toQuestion }), End: toEnd });

  let place = 0;
  const waiting = [conversation, ...live.children.values()].flatMap((each) => each.runs.flatMap(openQuestions));
  return (
    <>
      <div className="scroll" ref={scroll} onScroll={onScroll}>
        <div ref={log} className="thread" role="log" aria-label={words.thread.messages} aria-live="off" tabIndex={0} onKeyDown={walk} style={{ "--copied": JSON.stringify(words.thread.copied) } as CSSProperties}>
          {conversation.runs.filter((run) => run.inherited).map((run) => (
            <RunView key={run.id} run={run} place={0} />
          ))}
          {conversation.origin !== "" && <Origin session={conversation.origin} />}
          {conversation.runs.filter((run) => !run.inherited).map((run) => (
            <RunView key={run.id} run={run} place={run.status === "queued" ? (place += 1) : 0} />
          ))}
        </div>
      </div>
      {behind > 0 && (
        <button type="button" className="btn small to-end" onClick={toEnd}>
          {words.thread.newBelow(behind)} <Icon name="down" small />
        </button>
      )}
      {isNarrow && <WaitingBar questions={waiting.map((asked) => asked.question)} />}
      {!isNarrow && waiting.length > 0 && hidden > 0 && (
        <div className="waiting-bar">
          <Icon name="hand" className="acc" />
          <span className="grow">{words.question.waitingBar(waiting.length)}</span>
          <button type="button" className="btn small primary" onClick={toHidden}>
            {words.question.goThere} <kbd>W</kbd>
          </button>
        </div>
      )}
      <Announcer conversation={conversation} />
    </>
  );
}

/** Return whether somebody selects something, or writes in the thread: then nothing moves under the hand. */
function isHeld(place: HTMLElement): boolean {
  return !(getSelection()?.isCollapsed ?? true) || (place.contains(document.activeElement) && isWriting(document.activeElement));
}

/** Says to those who do not see the screen what came about: a question, an answer, never each word. */
function Announcer({ conversation }: { conversation: Conversation }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const run = conversation.runs.at(-1);
  const asked = run === undefined ? undefined : openQuestions(run).at(-1);
  let text = "";
  if (asked !== undefined) text = words.thread.asksNow(asked.question.agent ?? "", telling.question(asked.question));
  else if (run?.status === "finished") text = words.thread.finishedNow(run.agent);
  else if (run?.status === "failed") text = words.thread.failed;
  return (
    <p className="sr" role="status" aria-live="polite">
      {text}
    </p>
  );
}
