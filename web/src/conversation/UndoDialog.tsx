import { useEffect, useState, type ReactNode } from "react";

import { Dialog } from "../parts/Dialog";
import { server, type Schemas } from "../server";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { Diff } from "./Diff";

export interface UndoWish {
  action: "undo" | "redo";
  run: string;
  paths: string[];
}

async function ask(session: string, wish: UndoWish, dry: boolean): Promise<Schemas["RestoredView"]> {
  const params = { path: { session_id: session } };
  if (wish.action === "redo") return (await server.api.POST("/api/v1/sessions/{session_id}/redo", { params, body: { dry_run: dry } })).data!;
  return (await server.api.POST("/api/v1/sessions/{session_id}/undo", { params, body: { to_run: wish.run, paths: wish.paths, dry_run: dry } })).data!;
}

/**
 * Undo and redo. It is done at once where every file is as the run left it; where somebody else changed one since, what
 * would happen is shown first.
 */
export function UndoDialog({ session, wish, onClose, onDone }: { session: string; wish: UndoWish; onClose(): void; onDone(): void }): ReactNode {
  const { words } = useSpeech();
  const [plan, setPlan] = useState<Schemas["RestoredView"] | null>(null);
  const [problem, setProblem] = useState<{ text: string; code: string } | null>(null);
  const [tried, setTried] = useState(0);

  useEffect(() => {
    let left = false;
    void (async () => {
      try {
        const found = await ask(session, wish, true);
        if (left) return;
        if (found.left.length > 0) setPlan(found);
        else {
          await ask(session, wish, false);
          onDone();
          onClose();
        }
      } catch (failure) {
        if (!left) setProblem(problemText(failure));
      }
    })();
    return () => {
      left = true;
    };
    // Asked once for a wish: what it says does not change while the dialog stands.
  }, [session, wish, tried]);

  const go = async (): Promise<void> => {
    try {
      await ask(session, wish, false);
      onDone();
      onClose();
    } catch (failure) {
      setProblem(problemText(failure));
    }
  };
  if (plan === null && problem === null) return null;
  return (
    <Dialog title={wish.action === "undo" ? words.thread.undo : words.thread.redo} onClose={onClose}>
      {problem !== null && (
        <p className="error" role="alert">
          {problem.text} <code>{problem.code}</code>
        </p>
      )}
      {plan !== null && (
        <>
          <ul className="left">
            {plan.left.map((each) => (
              <li key={each.path} className="warn">
                <span className="mono">{each.path}</span> {each.reason}
              </li>
            ))}
          </ul>
          {plan.restored.map((file) => (
            <div key={file.path}>
              <p className="mono">{file.path}</p>
              <Diff diff={file.diff} label={file.path} />
            </div>
          ))}
        </>
      )}
      <p className="row dialog-actions">
        {problem === null ? (
          <button type="button" className="btn primary" disabled={plan?.restored.length === 0} onClick={() => void go()}>
            {wish.action === "undo" ? words.thread.undo : words.thread.redo}
          </button>
        ) : (
          <button
            type="button"
            className="btn"
            onClick={() => {
              setProblem(null);
              setTried(tried + 1);
            }}
          >
            {words.thread.tryNow}
          </button>
        )}
        <button type="button" className="btn" onClick={onClose}>
          {words.shell.cancel}
        </button>
      </p>
    </Dialog>
  );
}
