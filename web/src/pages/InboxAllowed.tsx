import { useState, type ReactNode } from "react";

import { queries, server, useGrants, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { Empty, Failed, Loaded } from "./Loaded";

/** What the person allowed for later, and the way to take it back. */
export function InboxAllowed(): ReactNode {
  const words = useWords(inboxWords);
  const grants = useGrants();
  const [failure, setFailure] = useState<unknown>(null);
  const revoke = async (id: string): Promise<void> => {
    setFailure(null);
    try {
      await server.api.DELETE("/api/v1/grants/{grant_id}", { params: { path: { grant_id: id } } });
      await queries.invalidateQueries({ queryKey: ["grants"] });
    } catch (problem) {
      setFailure(problem);
    }
  };
  return (
    <div className="paged grow">
      <div className="page">
        {failure !== null && <Failed failure={failure} />}
        <Loaded query={grants}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon="shieldok" title={words.nothingAllowed}>
                <p>{words.nothingAllowedMore}</p>
              </Empty>
            ) : (
              <div className="tscroll" tabIndex={0} role="group" aria-label={words.shows.allowed}>
                <table className="narrow-stack">
                  <thead>
                    <tr>
                      <th>{words.what}</th>
                      <th>{words.agent}</th>
                      <th>{words.holds}</th>
                      <th className="r">{words.since}</th>
                      <th>
                        <span className="sr">{words.revoke}</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {all.map((grant) => (
                      <Row key={grant.id} grant={grant} onRevoke={() => void revoke(grant.id)} />
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Loaded>
      </div>
    </div>
  );
}

function Row({ grant, onRevoke }: { grant: Schemas["GrantView"]; onRevoke(): void }): ReactNode {
  const words = useWords(inboxWords);
  const { formats } = useSpeech();
  const gone = grant.revoked_at !== null;
  const made = Date.parse(grant.made_at);
  return (
    <tr>
      <th scope="row" className={`wrapped ${gone ? "struck" : ""}`}>
        <span className="three-lines">
          <span className="mono">{grant.tool}</span> {grant.effect.replaceAll("␊", " ⏎ ")}
        </span>
      </th>
      <td className="dim">{grant.agent}</td>
      <td className="nowrap">{grant.id.startsWith("habit:") ? words.habit : words.scopes[grant.scope]}</td>
      <td className="r">
        {formats.date(made)}, {formats.time(made)}
      </td>
      <td className="r">
        {gone ? (
          <span className="meta">{words.revoked}</span>
        ) : (
          <button type="button" className="btn small" onClick={onRevoke}>
            {words.revoke}
          </button>
        )}
      </td>
    </tr>
  );
}
