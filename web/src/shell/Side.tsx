import { lazy, Suspense, useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { runGlyph } from "../conversation/states";
import { Icon, Mark } from "../parts/Icon";
import { MOD } from "../parts/keys";
import { useNow } from "../parts/time";
import { useHealth, useOpenQuestions, useSessions, useTrust, useWorkspaces, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { standingOf } from "../words/health";
import { houseWords } from "../words/house";
import { useIsLost } from "./connection";
import { groupOf, isSameDay, type Group } from "./groups";

const TrustDialog = lazy(() => import("../pages/TrustDialog"));

type Session = Schemas["SessionView"];

const PAGE = 50;

/** The left column: new session, search, inbox, sessions by what they need, and the pages below. */
export function Side({ onSearch, onNew, workspace, onWorkspace }: { onSearch(): void; onNew(): void; workspace: string; onWorkspace(id: string): void }): ReactNode {
  const { words, formats } = useSpeech();
  const [limit, setLimit] = useState(PAGE);
  const { data: sessions = [], isSuccess } = useSessions(limit);
  const { data: questions = [] } = useOpenQuestions();
  const groups = grouped(sessions);
  return (
    <nav className="side" aria-label={words.shell.sessions}>
      <div className="brand">
        <Mark />
        Artelier
      </div>
      <WorkspaceChoice chosen={workspace} onChoose={onWorkspace} />
      <button type="button" className="item" onClick={onNew}>
        <Icon name="plus" />
        {words.shell.newSession}
        <span className="end">
          <kbd>N</kbd>
        </span>
      </button>
      <button type="button" className="item" onClick={onSearch}>
        <Icon name="search" />
        {words.shell.search}
        <span className="end">
          <kbd>{MOD}K</kbd>
        </span>
      </button>
      <PageLink href="/inbox" icon="inbox">
        {words.shell.inbox}
        {questions.length > 0 && <span className="count">{formats.number(questions.length)}</span>}
      </PageLink>
      <div className="side-list">
        {isSuccess && sessions.length === 0 && <p className="meta no-sessions">{words.shell.noSessions}</p>}
        {groups.map(([group, members]) => (
          <section key={group} aria-label={words.shell[group]}>
            <h2 className="group">{words.shell[group]}</h2>
            <ul>
              {members.map((session) => (
                <SessionRow key={session.id} session={session} question={questions.find((each) => each.root_session_id === session.id)} />
              ))}
            </ul>
          </section>
        ))}
        {sessions.length >= limit && (
          <button type="button" className="item dim" onClick={() => setLimit(limit + PAGE)}>
            <Icon name="down" />
            {words.shell.more}
          </button>
        )}
      </div>
      <div className="foot">
        <PageLink href="/usage" icon="chart">
          {words.shell.usage}
        </PageLink>
        <PageLink href="/agents" icon="agents">
          {words.shell.agents}
        </PageLink>
        <PageLink href="/settings" icon="sliders">
          {words.shell.settings}
        </PageLink>
        <HealthLink />
      </div>
    </nav>
  );
}

function PageLink({ href, icon, children }: { href: string; icon: "inbox" | "chart" | "agents" | "sliders"; children: ReactNode }): ReactNode {
  const [here] = useLocation();
  return (
    <Link className="item" href={href} aria-current={here.startsWith(href) ? "page" : undefined}>
      <Icon name={icon} />
      {children}
    </Link>
  );
}

function grouped(sessions: Session[]): [Group, Session[]][] {
  const groups: Record<Group, Session[]> = { waiting: [], running: [], today: [], earlier: [] };
  const now = Date.now();
  for (const session of sessions) {
    groups[groupOf(session, now)].push(session);
  }
  return (Object.entries(groups) as [Group, Session[]][]).filter(([, members]) => members.length > 0);
}

function SessionRow({ session, question }: { session: Session; question: Schemas["ApprovalView"] | undefined }): ReactNode {
  const { words, formats } = useSpeech();
  const [here] = useLocation();
  const isLive = session.status === "running" || session.status === "waiting";
  const now = useNow(isLive ? 1000 : 30_000);
  const glyph = runGlyph(session.status);
  const updated = Date.parse(session.updated_at);
  const ends = Date.parse(question?.expires_at ?? "");
  const elapsed = isLive ? formats.span(Math.max(0, now - updated) / 1000) : isSameDay(updated, now) ? formats.time(updated) : formats.date(updated);
  const when = Number.isFinite(ends) ? words.shell.left(formats.span(Math.max(0, ends - now) / 1000)) : elapsed;
  const about = [session.agent, question === undefined ? (isLive ? (words.shell.statuses[session.status] ?? "") : "") : words.question.short[question.kind]];
  const href = `/sessions/${session.id}`;
  return (
    <li>
      <Link className="item sess" href={href} aria-current={here === href ? "page" : undefined}>
        <Icon name={glyph.name} label={words.shell.statuses[session.status] ?? session.status} className={glyph.tone} />
        <span className="grow">
          <span className="t cut">{session.title || words.shell.untitled}</span>
          <span className="m row-cut">
            <span className="cut">{about.filter(Boolean).join(" · ")}</span>
            <span className="nowrap">&nbsp;· {when}</span>
          </span>
        </span>
      </Link>
    </li>
  );
}

function WorkspaceChoice({ chosen, onChoose }: { chosen: string; onChoose(id: string): void }): ReactNode {
  const { words } = useSpeech();
  const { trust: trustWords } = useWords(houseWords);
  const { data: workspaces = [] } = useWorkspaces();
  const current = workspaces.find((each) => each.id === chosen) ?? workspaces.find((each) => each.default);
  const { data: trust } = useTrust(current?.id ?? "");
  const [asking, setAsking] = useState(false);
  if (current === undefined) return null;
  const state = trust?.workspace_id === current.id ? trust.state : "nothing";
  return (
    <div className="workspace">
      <label className="item" title={current.root}>
        <Icon name="folder" />
        <span className="sr">{words.shell.workspace}</span>
        <select className="grow plain-select" value={current.id} onChange={(event) => onChoose(event.target.value)}>
          {workspaces.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className={`icon-btn trust-button ${state === "untrusted" || state === "changed" ? "acc" : ""}`} title={trustWords.shortStates[state]} aria-label={[trustWords.open(current.name), trustWords.shortStates[state]].filter(Boolean).join(": ")} onClick={() => setAsking(true)}>
        <Icon name={state === "trusted" ? "shieldok" : "shield"} small />
      </button>
      {asking && (
        <Suspense fallback={null}>
          <TrustDialog workspace={current} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </div>
  );
}

function HealthLink(): ReactNode {
  const words = useWords(houseWords);
  const [here] = useLocation();
  const { data: health, isError } = useHealth();
  const isLost = useIsLost();
  const { words: general } = useSpeech();
  const status = isError || isLost ? "down" : health === undefined ? "ok" : standingOf(health);
  const look = { ok: { icon: "dot", tone: "ok" }, degraded: { icon: "half", tone: "warn" }, no_model: { icon: "half", tone: "warn" }, down: { icon: "failed", tone: "bad" } } as const;
  return (
    <Link className="item" href={status === "no_model" ? "/settings/models" : "/health"} aria-current={here === "/health" ? "page" : undefined}>
      <span className={`health-dot ${look[status].tone}`}>
        <Icon name={look[status].icon} small />
      </span>
      <span className="dim cut">{isLost ? general.shell.offline : status === "no_model" ? words.connect : words.states[status]}</span>
    </Link>
  );
}
