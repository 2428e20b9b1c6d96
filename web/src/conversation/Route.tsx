import { useState, type ReactNode } from "react";

import type { Run } from "../journal/model";
import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { server, useAgents } from "../server";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { problemText } from "../words/problem";
import { useConversation } from "./context";

/** Who took the message, how sure that was, and a way to say that it was the wrong one. */
export function Route({ run }: { run: Run }): ReactNode {
  const { words, formats } = useSpeech();
  const [choosing, setChoosing] = useState(false);
  if (run.route === null) return null;
  const { agent, source, confidence } = run.route;
  const guessed = confidence !== undefined && confidence > 0 && confidence < 1;
  return (
    <div className="route">
      <Icon name="branch" small />
      <b>{agent}</b>
      {guessed && (
        <>
          <span className="sep" />
          <span className="num">{confidence.toLocaleString(formats.language, { maximumFractionDigits: 2 })}</span>
        </>
      )}
      <span className="sep" />
      <span>{words.thread.sources[source] ?? source}</span>
      <span className="sep" />
      <button type="button" className="linkish" onClick={() => setChoosing(true)}>
        {words.thread.notThis}
      </button>
      {choosing && <Chooser run={run} onClose={() => setChoosing(false)} />}
    </div>
  );
}

/** The agents to choose from: the choice is told to the router and takes up the message anew. */
function Chooser({ run, onClose }: { run: Run; onClose(): void }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const { live } = useConversation();
  const { data: agents } = useAgents();
  const [problem, setProblem] = useState<{ text: string; code: string } | null>(null);
  const choose = async (agent: string): Promise<void> => {
    try {
      await server.api.POST("/api/v1/routing/feedback", { body: { text: run.message, agent } });
      await server.api.POST("/api/v1/sessions/{session_id}/messages", {
        params: { path: { session_id: live.conversation.session } },
        body: { content: run.message, agent, multitask: "interrupt" },
      });
      onClose();
    } catch (failure) {
      setProblem(problemText(failure));
    }
  };
  return (
    <Dialog title={words.thread.whoTakes} onClose={onClose}>
      <ul className="choices">
        {(agents ?? [])
          .filter((agent) => agent.name !== run.agent)
          .map((agent) => (
            <li key={agent.name}>
              <button type="button" className="item" onClick={() => void choose(agent.name)}>
                <Icon name="agents" />
                <span className="grow">
                  <b>{agent.name}</b>
                  <span className="meta block">{telling.agent(agent)}</span>
                </span>
              </button>
            </li>
          ))}
      </ul>
      {problem !== null && (
        <p className="error" role="alert">
          {problem.text} <code>{problem.code}</code>
        </p>
      )}
    </Dialog>
  );
}
