import { useCallback, useRef, type ReactNode } from "react";
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
  const begun = useRef<{ id: string; key: string; text: string } | null>(null);
  const send = useCallback(
    async (wish: Wish): Promise<void> => {
      // A second try after a lost answer goes to the same session, as the same message.
      if (begun.current === null) {
        const opened = (await server.api.POST("/api/v1/sessions", { body: { title: "", ...(workspace ? { workspace_id: workspace } : {}) } })).data!;
        begun.current = { id: opened.id, key: crypto.randomUUID(), text: wish.text };
      } else if (begun.current.text !== wish.text) {
        begun.current = { ...begun.current, key: crypto.randomUUID(), text: wish.text };
      }
      const { id, key } = begun.current;
      await server.api.POST("/api/v1/sessions/{session_id}/messages", {
        params: { path: { session_id: id }, header: { "Idempotency-Key": key } },
        body: { content: wish.text, agent: wish.agent } as never,
      });
      navigate(`/sessions/${id}`);
    },
    [navigate, workspace],
  );
  return (
    <main className="main" tabIndex={-1} aria-label={words.shell.newSession}>
      <div className="bar">
        {menuButton}
        <h1 className="cut title-bar">{words.shell.newSession}</h1>
      </div>
      <FirstWords workspace={workspace} onSay={(text) => void send({ text, agent: "", interrupt: false })} />
      <Composer draftKey="draft:new" runs={[]} onSend={send} history={[]} />
    </main>
  );
}
