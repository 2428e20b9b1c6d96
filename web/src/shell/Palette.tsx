import { lazy, Suspense, useDeferredValue, useEffect, useId, useState, type ReactNode } from "react";
import { useLocation } from "wouter";

import { Dialog } from "../parts/Dialog";
import { Icon, type IconName } from "../parts/Icon";
import { useFoundSessions, useSessions, useTrust, useWorkspaces, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { answersTo } from "../words/also";
import { houseWords } from "../words/house";
import { inboxWords } from "../words/inbox";
import { settingsWords } from "../words/settings";
import { setupWords } from "../words/setup";
import { commandsNow } from "./commands";

const TrustDialog = lazy(() => import("../pages/TrustDialog"));

interface Choice {
  id: string;
  icon: IconName;
  text: string;
  group: string;
  act(): void;
}

const MOST = 24;

/** Search and commands: type, choose with the arrows, `Enter`. */
export function Palette({ onClose, onNew, onGo, onTheme, onLanguage, onKeys }: { onClose(): void; onNew(): void; onGo(path: string): void; onTheme(): void; onLanguage(): void; onKeys(): void }): ReactNode {
  const { language, words } = useSpeech();
  const setup = useWords(setupWords);
  const inbox = useWords(inboxWords);
  const settings = useWords(settingsWords);
  const { trust: trustWords } = useWords(houseWords);
  const [place, navigate] = useLocation();
  const [trusting, setTrusting] = useState(false);
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const { data: newest = [] } = useSessions(200);
  const { data: searched = [], isPlaceholderData: isOld } = useFoundSessions(useDeferredValue(wanted));
  const [here, setHere] = useState(0);
  const list = useId();
  const go = (path: string) => () => onGo(path);
  const folder = useFolderOf(newest.find((session) => place === `/sessions/${session.id}`)?.workspace_id);
  const commands: Choice[] = [
    ...commandsNow().map((command) => ({ ...command, id: `session-${command.id}`, group: words.palette.session })),
    ...(folder === undefined ? [] : [{ id: "trust", icon: "shield" as const, text: trustWords.open(folder.name), group: words.palette.commands, act: () => setTrusting(true) }]),
    { id: "new", icon: "plus", text: words.shell.newSession, group: words.palette.commands, act: onNew },
    { id: "inbox", icon: "inbox", text: words.shell.inbox, group: words.palette.commands, act: go("/inbox") },
    { id: "usage", icon: "chart", text: words.shell.usage, group: words.palette.commands, act: go("/usage") },
    { id: "agents", icon: "agents", text: words.shell.agents, group: words.palette.commands, act: go("/agents") },
    { id: "settings", icon: "sliders", text: words.shell.settings, group: words.palette.commands, act: go("/settings") },
    { id: "tools", icon: "edit", text: setup.names.tools, group: words.palette.commands, act: go("/tools") },
    { id: "health", icon: "dot", text: setup.names.health, group: words.palette.commands, act: go("/health") },
    { id: "answered", icon: "inbox", text: inbox.shows.answered, group: words.palette.commands, act: go("/inbox?show=answered") },
    { id: "allowed", icon: "shieldok", text: inbox.shows.allowed, group: words.palette.commands, act: go("/inbox?show=allowed") },
    ...Object.entries(settings.sections).map(([section, name]) => ({ id: `settings-${section}`, icon: "sliders" as const, text: name, group: words.shell.settings, act: go(`/settings/${section}`) })),
    { id: "theme", icon: "half", text: words.shell.theme, group: words.palette.commands, act: onTheme },
    { id: "language", icon: "globe", text: words.shell.language, group: words.palette.commands, act: onLanguage },
    { id: "keys", icon: "info", text: words.shell.keys, group: words.palette.commands, act: onKeys },
  ];
  const titled = newest.filter((session) => session.title.toLowerCase().includes(wanted));
  const sessions = wanted === "" ? newest : [...titled, ...(isOld ? [] : searched).filter((session) => titled.every((each) => each.id !== session.id))];
  const found: Choice[] = [
    ...commands.filter((choice) => (wanted === "" ? !choice.id.startsWith("settings-") : answersTo(language, choice.id, choice.text, wanted))),
    ...sessions.map((session) => ({ id: session.id, icon: "chat" as const, text: session.title || words.shell.untitled, group: words.palette.sessions, act: () => navigate(`/sessions/${session.id}`) })),
  ];
  const shown = found.slice(0, MOST);
  const choose = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    if (choice.id !== "trust") onClose();
    choice.act();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === "ArrowDown") setHere((here + 1) % Math.max(1, shown.length));
    else if (event.key === "ArrowUp") setHere((here - 1 + shown.length) % Math.max(1, shown.length));
    else if (event.key === "Enter") choose(shown[here]);
    else return;
    event.preventDefault();
  };
  const current = shown[here]?.id;
  useEffect(() => {
    // In braces: newer browsers return a promise, and an effect may return nothing but its undoing.
    document.getElementById(`${list}-${current}`)?.scrollIntoView({ block: "nearest" });
  }, [list, current]);
  if (trusting && folder !== undefined) {
    return (
      <Suspense fallback={null}>
        <TrustDialog workspace={folder} onClose={onClose} />
      </Suspense>
    );
  }
  return (
    <Dialog title={words.palette.title} onClose={onClose} className="palette">
      <input
        className="field"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={shown[here] === undefined ? undefined : `${list}-${shown[here].id}`}
        aria-label={words.palette.placeholder}
        placeholder={words.palette.placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setHere(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label={words.palette.title}>
        {shown.map((choice, place) => (
          <li key={choice.id} id={`${list}-${choice.id}`} role="option" aria-selected={place === here} className="item" onClick={() => choose(choice)} onPointerMove={() => setHere(place)}>
            <Icon name={choice.icon} />
            <span className="cut grow">{choice.text}</span>
            <span className="meta">{choice.group}</span>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="meta pad">{words.palette.nothing}</p>}
    </Dialog>
  );
}

/** Return the folder of a session, or the one that is worked in by default, where it brings something along to be trusted. */
function useFolderOf(workspace: string | undefined): Schemas["WorkspaceView"] | undefined {
  const { data: workspaces = [] } = useWorkspaces();
  const folder = workspaces.find((each) => (workspace === undefined ? each.default : each.id === workspace));
  const { data: trust } = useTrust(folder?.id ?? "");
  return trust?.workspace_id === folder?.id && trust?.state !== "nothing" ? folder : undefined;
}
