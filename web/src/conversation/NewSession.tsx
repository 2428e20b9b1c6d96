import { useCallback, type ReactNode } from "react";
import { useLocation } from "wouter";

import { server, useModels } from "../server";
import { useSpeech } from "../words";
import { Composer, type Wish } from "./Composer";
import { FirstWords } from "./FirstWords";

/** A session that begins with its first message. */
export function NewSession({ workspace, menuButton }: { workspace: string; menuButton: ReactNode }): ReactNode {
  const { words } = useSpeech();
  const [, navigate] = useLocation();
  useModels();
  const send = useCallback(
    async (wish: Wish): Promise<void> => {
      const opened = (await server.api.POST("/api/v1/sessions", { body: { title: "", ...(workspace ? { workspace_id: workspace } : {}) } })).data!;
      await server.api.POST("/api/v1/sessions/{session_id}/messages", {
        params: { path: { session_id: opened.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
        body: { content: wish.text, agent: wish.agent } as never,
      });
      navigate(`/sessions/${opened.id}`);
    },
    [navigate, workspace],
  );
  return (
    <main className="main" aria-label={words.shell.newSession}>
      <div className="bar">
        {menuButton}
        <h1 className="cut title-bar">{words.shell.newSession}</h1>
      </div>
      <FirstWords workspace={workspace} onSay={(text) => void send({ text, agent: "", interrupt: false })} />
      <Composer draftKey="draft:new" runs={[]} onSend={send} history={[]} />
    </main>
  );
}
