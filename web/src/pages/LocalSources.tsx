import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import type { Schemas } from "../server";
import { useWords } from "../words";
import { connectWords } from "../words/connect";
import { ConnectFailure } from "./ConnectFailure";

type Source = Schemas["ModelSourceView"];

/** The model servers that the machine may have: those that answer can be enabled, the others say that they do not. */
export function LocalSources({ sources, asking, failure, onEnable }: { sources: Source[]; asking: string; failure: { source: string; failure: unknown } | null; onEnable(source: Source): void }): ReactNode {
  const words = useWords(connectWords);
  if (sources.length === 0) return null;
  return (
    <div className="body pad">
      <h3>{words.local}</h3>
      <ul className="files local-sources">
        {sources.map((source) => (
          <li key={source.name}>
            <Icon name={source.answers ? "done" : "queued"} small className={source.answers ? "ok" : ""} />
            {source.answers ? (
              <span className="grow">
                {words.port(source.title, source.port)}
                <span className="meta block">
                  {source.model} {source.models.length > 1 && words.more(source.models.length - 1)}
                </span>
              </span>
            ) : (
              <span className="dim grow">{words.silent(source.title, source.port)}</span>
            )}
            {source.answers && (
              <button type="button" className="btn small" aria-label={words.enableOf(source.title)} aria-disabled={asking !== ""} onClick={() => asking === "" && onEnable(source)}>
                {asking === source.name ? words.asking : words.enable}
              </button>
            )}
          </li>
        ))}
      </ul>
      {failure !== null && sources.some((source) => source.name === failure.source) && <ConnectFailure failure={failure.failure} />}
    </div>
  );
}
