import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";

import { Icon, type IconName } from "../parts/Icon";
import { useWords } from "../words";
import { pageWords } from "../words/pages";
import { problemText } from "../words/problem";

/** Milliseconds before anything says that it loads. */
const PATIENCE = 300;

/** What was asked for once it is there; until then its outline, and after a failure what to do. */
export function Loaded<Data>({ query, children }: { query: UseQueryResult<Data>; children(data: Data): ReactNode }): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed failure={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton />;
}

function Skeleton(): ReactNode {
  const words = useWords(pageWords);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status" aria-label={words.loading}>
      {shown && [30, 90, 75, 60].map((width) => <span key={width} className="skel" style={{ width: `${width}%` }} />)}
    </div>
  );
}

/** A failure: what happened, what to do, the code last. */
export function Failed({ failure, onRetry, title }: { failure: unknown; onRetry?(): void; title?: string }): ReactNode {
  const words = useWords(pageWords);
  const problem = problemText(failure);
  return (
    <div className="notice bad" role="alert">
      <Icon name="failed" />
      <div className="grow">
        <b>{title ?? words.failed}</b>
        <p className="said">{problem.text}</p>
        <p className="row wrap notice-row">
          {onRetry !== undefined && (
            <button type="button" className="btn small" onClick={onRetry}>
              {words.again}
            </button>
          )}
          <code className="meta">{problem.code}</code>
        </p>
      </div>
    </div>
  );
}

/** An empty place that says what will be here, and what to do. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <Icon name={icon} />
      <b>{title}</b>
      {children}
    </div>
  );
}
