import { useState, type ReactNode } from "react";

import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { queries, server, useTrust, type Schemas } from "../server";
import { useWords } from "../words";
import { houseWords } from "../words/house";
import { Failed, Loaded } from "./Loaded";

/** What a folder brings along for agents, and the decision whether it is used; pinned to what was read here. */
export default function TrustDialog({ workspace, onClose }: { workspace: Schemas["WorkspaceView"]; onClose(): void }): ReactNode {
  const { trust: words } = useWords(houseWords);
  const trust = useTrust(workspace.id);
  return (
    <Dialog title={words.title(workspace.name)} onClose={onClose} className="wide">
      <p className="meta mono said">{workspace.root}</p>
      <Loaded query={trust}>{(view) => <Decision key={view.digest + view.state} view={view} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function Decision({ view, onClose }: { view: Schemas["TrustView"]; onClose(): void }): ReactNode {
  const { trust: words } = useWords(houseWords);
  const [failure, setFailure] = useState<unknown>(null);
  const decide = async (accept: boolean): Promise<void> => {
    const path = { workspace_id: view.workspace_id };
    try {
      if (accept) await server.api.POST("/api/v1/workspaces/{workspace_id}/trust", { params: { path }, body: { digest: view.digest } });
      else await server.api.DELETE("/api/v1/workspaces/{workspace_id}/trust", { params: { path } });
      for (const key of ["trust", "agents", "health"]) void queries.invalidateQueries({ queryKey: [key] });
      onClose();
    } catch (problem) {
      setFailure(problem);
      void queries.invalidateQueries({ queryKey: ["trust"] });
    }
  };
  return (
    <div className="stack trust">
      <p>{words[view.state]}</p>
      {view.texts.map((text) => (
        <details key={text.path} open={view.state !== "trusted" && view.texts.length === 1}>
          <summary>
            <Icon name="file" small /> <code>{text.path}</code>
          </summary>
          <pre className="code trust-text" tabIndex={0}>
            {text.content}
          </pre>
        </details>
      ))}
      {view.agents.length > 0 && (
        <p>
          {words.agents}: <span className="mono">{view.agents.join(" ")}</span>
        </p>
      )}
      {view.problems.length > 0 && (
        <div className="notice warn">
          <Icon name="warn" />
          <div>
            <b>{words.problems}</b>
            <p className="said">{view.problems.join("\n")}</p>
          </div>
        </div>
      )}
      {failure !== null && <Failed failure={failure} />}
      {view.state !== "nothing" && (
        <>
          <p className="meta">{words.note}</p>
          <p className="row wrap dialog-actions">
            {view.state === "trusted" ? (
              <button type="button" className="btn" onClick={() => void decide(false)}>
                {words.withdraw}
              </button>
            ) : (
              <>
                <button type="button" className="btn" onClick={() => void decide(true)}>
                  {words.accept}
                </button>
                <button type="button" className="btn ghost" onClick={onClose}>
                  {words.without}
                </button>
              </>
            )}
          </p>
        </>
      )}
    </div>
  );
}
