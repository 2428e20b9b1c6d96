import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useSpeech, useWords } from "../words";
import { connectWords } from "../words/connect";
import { problemText } from "../words/problem";

/** What a failure to connect says: in the reader's language by its code, with the server's own words below. */
export function ConnectFailure({ failure }: { failure: unknown }): ReactNode {
  const { language } = useSpeech();
  const words = useWords(connectWords);
  const { text, code } = problemText(failure, language);
  const said = failure instanceof Error ? failure.message : "";
  const own = words.problems[code];
  return (
    <div className="notice bad" role="alert">
      <Icon name="failed" />
      <div>
        <p>{own ?? text}</p>
        {own !== undefined && <p className="meta said">{said}</p>}
        <code className="meta">{code}</code>
      </div>
    </div>
  );
}
