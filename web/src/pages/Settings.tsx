import type { ReactNode } from "react";
import { Link } from "wouter";

import { useSettings } from "../server";
import { useWords } from "../words";
import { settingsWords } from "../words/settings";
import { Loaded } from "./Loaded";
import { McpServers, Plugins, Providers, Webhooks } from "./SettingLists";
import { SettingForm } from "./SettingForm";
import { NotAccepted, SetupBar, useNameInSight } from "./SetupBar";
import { ThisBrowser } from "./ThisBrowser";
import { TryCall } from "./TryCall";

const SECTIONS = ["browser", "models", "routing", "approvals", "sandbox", "limits", "mcp", "plugins", "webhooks", "caches", "server"] as const;
type Section = (typeof SECTIONS)[number];

/** Which settings a section shows, by the beginnings of their names. */
const SHOWS: Record<Section, readonly string[]> = {
  browser: [],
  models: ["models."],
  routing: ["agents.default", "routing."],
  approvals: ["approvals."],
  sandbox: ["sandbox."],
  limits: ["limits.", "money."],
  mcp: [],
  plugins: ["plugins."],
  webhooks: [],
  caches: ["cache.", "tools.cache.", "tools.read_ahead"],
  server: ["server.", "database.", "workspaces.", "workers.", "undo.", "tools.concurrency", "tools.families", "telemetry."],
};
const LISTS: Partial<Record<Section, () => ReactNode>> = { models: Providers, mcp: McpServers, plugins: Plugins, webhooks: Webhooks };

/** Everything that can be set, section by section, and what only this browser remembers. */
export default function Settings({ section, menuButton }: { section: string; menuButton: ReactNode }): ReactNode {
  const words = useWords(settingsWords);
  const here = SECTIONS.find((each) => each === section) ?? "browser";
  const settings = useSettings();
  useNameInSight(here);
  const List = LISTS[here];
  return (
    <main className="main" aria-label={words.title}>
      <SetupBar title={words.title} menuButton={menuButton} />
      <div className="split slim">
        <nav className="listcol names-col" aria-label={words.title}>
          <ul>
            {SECTIONS.map((each) => (
              <li key={each}>
                <Link className="item" href={`/settings/${each}`} aria-current={each === here ? "page" : undefined}>
                  {words.sections[each]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="details-col">
          <div className="stack details-wide">
            <NotAccepted />
            <div className="row wrap">
              <h2 className="page-title">{words.sections[here]}</h2>
              {here === "approvals" && <TryCall />}
            </div>
            {here === "browser" && <ThisBrowser />}
            {List !== undefined && <List />}
            {SHOWS[here].length > 0 && (
              <Loaded query={settings}>{(data) => <SettingForm key={here} view={data} settings={data.items.filter((item) => SHOWS[here].some((beginning) => item.name.startsWith(beginning)))} />}</Loaded>
            )}
          </div>
        </div>
      </div>
    </main>
  );
}
