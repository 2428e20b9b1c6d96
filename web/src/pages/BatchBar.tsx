import { useState, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { queries, server, type Schemas } from "../server";
import { useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { problemText } from "../words/problem";
import { useTelling } from "../words/telling";
import { targetOf } from "./batch";

/** One answer to several questions of one kind and target, by its keys too; what it could not be given to stays and is named. */
export function BatchBar({ marked, onSend, onDone }: { marked: Schemas["ApprovalView"][]; onSend(): void; onDone(): void }): ReactNode {
  const words = useWords(inboxWords);
  const telling = useTelling();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  const send = async (decision: "approve" | "reject"): Promise<void> => {
    if (sending) return;
    setSending(true);
    onSend();
    try {
      const { data } = await server.api.POST("/api/v1/approvals", { body: { ids: marked.map((each) => each.id), decision } as never });
      await queries.invalidateQueries({ queryKey: ["approvals"] });
      const left = data!.left;
      setProblem(left.length === 0 ? "" : `${words.leftOpen(left.length)}: ${telling.failure(left[0]!.code, left[0]!.detail)}`);
      if (left.length === 0) onDone();
    } catch (failure) {
      setProblem(problemText(failure).text);
    }
    setSending(false);
  };
  useKeys({ KeyA: () => void send("approve"), KeyR: () => void send("reject") }, true, { first: true });
  return (
    <div className="batch-bar">
      <div className="row wrap">
        <b className="num" role="status">
          {words.chosen(marked.length)}
        </b>
        <span className="meta cut">{targetOf(marked[0]!)}</span>
        <span className="end row">
          <button type="button" className="btn ghost small" onClick={onDone}>
            {words.clear}
          </button>
          <button type="button" className="btn small" disabled={sending} onClick={() => void send("reject")}>
            {words.rejectAll(marked.length)} <kbd>R</kbd>
          </button>
          <button type="button" className="btn small primary" disabled={sending} onClick={() => void send("approve")}>
            {words.approveAll(marked.length)} <kbd>A</kbd>
          </button>
        </span>
      </div>
      {problem !== "" && (
        <p className="error" role="alert">
          <Icon name="warn" small />
          <span>{problem}</span>
        </p>
      )}
    </div>
  );
}
