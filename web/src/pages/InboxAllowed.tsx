import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { queries, server, useAnswered, useGrants, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { useTelling } from "../words/telling";
import { ListTable } from "./ListTable";
import { Failed } from "./Loaded";

/** What the person allowed for later, and the way to take it back. */
export function InboxAllowed(): ReactNode {
  const words = useWords(inboxWords);
  const grants = useGrants();
  const { data: answered = [] } = useAnswered();
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
    <ListTable
      label={words.shows.allowed}
      query={grants}
      heads={[{ name: words.what }, { name: words.agent }, { name: words.holds }, { name: words.since, right: true }, { name: words.revoke, unseen: true }]}
      empty={{ icon: "shieldok", title: words.nothingAllowed, text: words.nothingAllowedMore }}
      above={failure !== null && <Failed failure={failure} />}
    >
      {(grant) => <Row key={grant.id} grant={grant} asked={answered.find((each) => each.id === grant.approval_id)} onRevoke={() => void revoke(grant.id)} />}
    </ListTable>
  );
}

function Row({ grant, asked, onRevoke }: { grant: Schemas["GrantView"]; asked: Schemas["ApprovalView"] | undefined; onRevoke(): void }): ReactNode {
  const telling = useTelling();
  const words = useWords(inboxWords);
  const { formats } = useSpeech();
  const gone = grant.revoked_at !== null;
  const made = Date.parse(grant.made_at);
  const isHabit = grant.id.startsWith("habit:");
  const isCall = !gone && !isHabit;
  return (
    <tr>
      <th scope="row" className={`wrapped ${gone ? "struck" : ""}`}>
        <span className="three-lines">
          <span className="mono">{grant.tool}</span> {telling.effect(grant.tool, (asked?.answer?.["arguments"] as Record<string, unknown> | null | undefined) ?? asked?.arguments, grant.effect)}
        </span>
        {isCall && <span className="meta block">{words.exactly}</span>}
      </th>
      <td className="dim">{grant.agent}</td>
      <td>{isHabit ? words.habit : <Reach grant={grant} />}</td>
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

/** How far a grant reaches; a session, and the session of a run, are named. */
function Reach({ grant }: { grant: Schemas["GrantView"] }): ReactNode {
  const words = useWords(inboxWords);
  const { words: general } = useSpeech();
  if (grant.scope === "workspace") return words.scopes.workspace;
  return (
    <span className="reach">
      {words.scopes[grant.scope]} <Link href={`/sessions/${grant.root_session_id}`}>{grant.session_title || general.shell.untitled}</Link>
    </span>
  );
}
