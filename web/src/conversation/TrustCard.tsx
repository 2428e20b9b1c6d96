import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { queries, server, type Schemas } from "../server";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { linesOf } from "../words/showing";

/** What a folder brings along for agents, to be read and trusted; nothing where it brings nothing or is trusted already. */
export function TrustCard({ workspace, folder, onDismiss }: { workspace: string; folder: string; onDismiss(): void }): ReactNode {
  const { words } = useSpeech();
  const [reading, setReading] = useState<Schemas["TextView"] | null>(null);
  const [problem, setProblem] = useState("");
  const params = { path: { workspace_id: workspace } };
  const { data: trust } = useQuery({ queryKey: ["trust", workspace], queryFn: async () => (await server.api.GET("/api/v1/workspaces/{workspace_id}/trust", { params })).data! });
  if (trust === undefined || trust.state === "nothing" || trust.state === "trusted") return null;
  const agree = async (): Promise<void> => {
    try {
      await server.api.POST("/api/v1/workspaces/{workspace_id}/trust", { params, body: { digest: trust.digest } });
      toMessage();
      for (const key of ["trust", "agents"]) void queries.invalidateQueries({ queryKey: [key] });
    } catch (failure) {
      setProblem(problemText(failure).text);
      void queries.invalidateQueries({ queryKey: ["trust"] });
    }
  };
  const dismiss = (): void => {
    toMessage();
    onDismiss();
  };
  return (
    <section className="card trust" aria-labelledby="trust">
      <header>
        <Icon name="shield" />
        <h2 id="trust">{words.first.trust}</h2>
      </header>
      <div className="body pad stack">
        <p>{trust.state === "changed" ? words.first.trustChanged : words.first.trustLead(folder)}</p>
        <ul className="files">
          {trust.texts.map((text) => (
            <li key={text.path}>
              <Icon name="file" small />
              <span className="mono grow cut">{text.path}</span>
              <span className="meta">{words.first.lines(linesOf(text.content))}</span>
              <button type="button" className="linkish meta" onClick={() => setReading(text)}>
                {words.first.read}
              </button>
            </li>
          ))}
        </ul>
        <p className="meta">{words.first.trustMore}</p>
        {problem && (
          <p className="error" role="alert">
            {problem}
          </p>
        )}
        <div className="row wrap">
          <button type="button" className="btn" onClick={() => void agree()}>
            {words.first.doTrust}
          </button>
          <button type="button" className="btn ghost" onClick={dismiss}>
            {words.first.work}
          </button>
        </div>
      </div>
      {reading !== null && (
        <Dialog title={reading.path} onClose={() => setReading(null)} className="wide">
          <pre className="code" tabIndex={0}>
            {reading.content}
          </pre>
        </Dialog>
      )}
    </section>
  );
}

/** Focus the message field: the card goes away, and what had the focus in it. */
function toMessage(): void {
  document.getElementById("message")?.focus();
}
