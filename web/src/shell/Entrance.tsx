import type { ReactNode } from "react";

import { Mark } from "../parts/Icon";
import { useSpeech } from "../words";

/** What somebody sees who is not signed in: how to get a link. */
export function Entrance({ spent }: { spent: boolean }): ReactNode {
  const { words } = useSpeech();
  return (
    <main className="main entrance">
      <div className="page">
        <Mark />
        <h1>{words.entrance.title}</h1>
        <p className="lead">{spent ? words.entrance.spent : words.entrance.lead}</p>
        <p>{words.entrance.how}</p>
        <pre className="code" tabIndex={0}>
          artelier open
        </pre>
      </div>
    </main>
  );
}
