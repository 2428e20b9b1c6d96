import { useEffect, useRef, useState, type ReactNode } from "react";

import type { Run } from "../journal/model";
import { ENDED, openQuestions } from "../journal/model";
import { Icon } from "../parts/Icon";
import { MOD } from "../parts/keys";
import { useAgents, useModels } from "../server";
import { useIsLost } from "../shell/connection";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { problemText } from "../words/problem";

export interface Wish {
  text: string;
  agent: string;
  interrupt: boolean;
}

const MENTION = /(?:^|\s)@([a-z_-]*)$/i;

/** Where a person writes. What is typed is kept until it is stored on the server, over reloads too. */
export function Composer({ draftKey, runs, onSend, history }: { draftKey: string; runs: Run[]; onSend(wish: Wish): Promise<void>; history: string[] }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const { data: agents } = useAgents();
  const { data: models } = useModels();
  const isRehearsal = models?.find((model) => model.default)?.provider === "rehearsal";
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => localStorage.getItem(draftKey) ?? "");
  const [agent, setAgent] = useState("");
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<{ text: string; code: string } | null>(null);
  const [recalled, setRecalled] = useState(-1);
  const active = runs.filter((run) => !ENDED.has(run.status));
  const wantsWords = active.flatMap(openQuestions).some((asked) => asked.question.kind === "words" || asked.question.kind === "clarification");

  const isLost = useIsLost();
  useEffect(() => {
    if (!isLost) setProblem((now) => (now?.code === "UNREACHABLE" ? null : now));
  }, [isLost]);

  useEffect(() => {
    const box = field.current;
    if (box === null) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, innerHeight * 0.4)}px`;
  }, [text]);

  const write = (next: string): void => {
    setText(next);
    if (next === "") localStorage.removeItem(draftKey);
    else localStorage.setItem(draftKey, next);
  };

  const send = async (interrupt: boolean): Promise<void> => {
    if (text.trim() === "" || sending) return;
    setSending(true);
    setProblem(null);
    try {
      await onSend({ text, agent, interrupt });
      write("");
      setRecalled(-1);
      setAgent("");
    } catch (failure) {
      setProblem(problemText(failure));
    } finally {
      setSending(false);
      field.current?.focus();
    }
  };

  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send(event.metaKey || event.ctrlKey);
    } else if (event.key === "ArrowUp" && (text === "" || recalled >= 0)) {
      const next = Math.min(recalled + 1, history.length - 1);
      if (next < 0) return;
      event.preventDefault();
      setRecalled(next);
      write(history[next] ?? "");
    }
  };

  const mention = MENTION.exec(text);
  const offered = mention === null ? [] : (agents ?? []).filter((each) => each.name.startsWith((mention[1] ?? "").toLowerCase()));
  return (
    <div className="composer">
      {problem !== null && (
        <p className="error" role="alert">
          <Icon name="warn" small />
          <span>
            {words.composer.failed}. {problem.text} <code>{problem.code}</code>
          </span>
        </p>
      )}
      {offered.length > 0 && (
        <ul className="mentions" aria-label={words.composer.whichAgent}>
          {offered.map((each) => (
            <li key={each.name}>
              <button
                type="button"
                className="item"
                onClick={() => {
                  write(text.replace(MENTION, (whole) => `${whole.startsWith("@") ? "" : whole[0]}@${each.name} `));
                  field.current?.focus();
                }}
              >
                <b>{each.name}</b> <span className="meta cut">{telling.agent(each)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="box"
        onSubmit={(event) => {
          event.preventDefault();
          void send(false);
        }}
      >
        <label className="sr" htmlFor="message">
          {words.composer.label}
        </label>
        <textarea
          id="message"
          ref={field}
          rows={1}
          autoFocus
          value={text}
          placeholder={wantsWords ? words.composer.answerPlaceholder : active.length > 0 ? words.composer.queuePlaceholder : words.composer.placeholder}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="row tools">
          <label className="btn ghost small">
            <Icon name="agents" small />
            <span className="sr">{words.composer.whichAgent}</span>
            <select value={agent} onChange={(event) => setAgent(event.target.value)}>
              <option value="">{words.composer.auto}</option>
              {(agents ?? []).map((each) => (
                <option key={each.name} value={each.name}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          {isRehearsal && (
            <>
              <span className="tag line">
                <Icon name="play" small /> {words.composer.rehearsal}
              </span>
              <span className="meta no-words">{words.composer.noLanguageModel}</span>
            </>
          )}
          <span className="meta hints-inline">
            <kbd>@</kbd> {words.composer.agent} &nbsp; <kbd>{MOD}K</kbd> {words.composer.command}
          </span>
          <button type="submit" className="btn small end" disabled={sending || text.trim() === ""}>
            {active.length > 0 && !wantsWords ? words.composer.queue : words.composer.send} <Icon name="up" small /> <kbd>⏎</kbd>
          </button>
        </div>
      </form>
    </div>
  );
}
