import { useState, type ReactNode } from "react";

import { Icon, type IconName } from "../parts/Icon";
import { useMcpServers, useModels, usePlugins, useWebhooks, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { connectWords } from "../words/connect";
import { settingsWords } from "../words/settings";
import { Connect, type Connected } from "./Connect";
import { ConnectedLine } from "./ConnectedLine";
import { Empty, Loaded } from "./Loaded";

const LOOKS: Record<string, { icon: IconName; tone: string }> = {
  ready: { icon: "done", tone: "ok" },
  connecting: { icon: "running", tone: "spin" },
  failed: { icon: "failed", tone: "bad" },
  failing: { icon: "warn", tone: "warn" },
  stale: { icon: "warn", tone: "warn" },
  stopped: { icon: "stop", tone: "dim" },
  disabled: { icon: "pause", tone: "dim" },
};

/** The providers with the models that they offer now. */
export function Providers(): ReactNode {
  const words = useWords(settingsWords);
  const models = useModels();
  return (
    <Loaded query={models}>
      {(all) => (
        <>
          {all.every((model) => model.provider === "rehearsal") && <p className="notice warn">{words.noModels}</p>}
          <Listed label={words.providers} columns={[words.provider, words.modelsOf]}>
            {[...new Set(all.map((model) => model.provider))].map((provider) => (
              <tr key={provider}>
                <th scope="row" className="mono">
                  {provider}
                </th>
                <td className="wrapped">
                  {all.filter((model) => model.provider === provider).map((model) => (
                    <span key={model.name} className="row wrap">
                      <span className="mono">{model.name}</span> {model.default && <span className="tag acc">{words.isDefault}</span>}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </Listed>
          <p className="meta">{words.secrets}</p>
          <ConnectHere isFirst={all.find((model) => model.default)?.provider === "rehearsal"} />
        </>
      )}
    </Loaded>
  );
}

function ConnectHere({ isFirst }: { isFirst: boolean }): ReactNode {
  const words = useWords(connectWords);
  const [connected, setConnected] = useState<Connected | null>(null);
  return (
    <div className="connect-here">
      <ConnectedLine connected={connected} />
      <details open={isFirst}>
        <summary className="label">{words.title}</summary>
        <Connect onConnected={setConnected} />
      </details>
    </div>
  );
}

/** MCP servers and how they stand, with the tools that wait until a person accepts them. */
export function McpServers(): ReactNode {
  const words = useWords(settingsWords);
  const { formats } = useSpeech();
  const servers = useMcpServers();
  const rows = (server: Schemas["McpServerView"]): ReactNode => (
    <tr key={server.name}>
      <th scope="row" className="mono">
        {server.name}
      </th>
      <td className="wrapped">
        <State state={server.state} detail={server.last_error} />
        {Object.keys(server.withheld).length > 0 && <Withheld server={server} />}
      </td>
      <td className="r">
        {formats.number(server.tools)}
        <span className="meta block">{words.tokens(formats.compact(server.tokens))}</span>
      </td>
    </tr>
  );
  return (
    <Loaded query={servers}>
      {(all) =>
        all.length === 0 ? (
          <Empty icon="branch" title={words.noServers}>
            <p>{words.noServersMore}</p>
            <pre className="code" tabIndex={0}>{`[[tools.mcp]]\nname = "tickets"\ncommand = ["/usr/local/bin/tickets-mcp"]`}</pre>
          </Empty>
        ) : (
          <>
            <Listed label={words.servers} columns={[words.name, words.state, words.tools]}>
              {all.map(rows)}
            </Listed>
            <p className="meta">{words.elsewhere}</p>
          </>
        )
      }
    </Loaded>
  );
}

function Withheld({ server }: { server: Schemas["McpServerView"] }): ReactNode {
  const words = useWords(settingsWords);
  return (
    <div className="notice warn withheld">
      <Icon name="hand" />
      <div>
        <b>{words.withheld(Object.keys(server.withheld).length)}</b>
        <ul>
          {Object.entries(server.withheld).map(([tool, why]) => (
            <li key={tool}>
              <code>{tool}</code> {why}
            </li>
          ))}
        </ul>
        <code>{words.acceptBy(server.name)}</code>
      </div>
    </div>
  );
}

/** The operator's plugins, those that are broken or switched off too. */
export function Plugins(): ReactNode {
  const words = useWords(settingsWords);
  const plugins = usePlugins();
  return (
    <Loaded query={plugins}>
      {(all) =>
        all.length === 0 ? (
          <Empty icon="branch" title={words.noPlugins}>
            <p>{words.noPluginsMore}</p>
            <pre className="code" tabIndex={0}>
              artelier plugins check
            </pre>
          </Empty>
        ) : (
          <Listed label={words.sections.plugins} columns={[words.name, words.state, words.gives]}>
            {all.map((plugin) => (
              <tr key={plugin.origin}>
                <th scope="row">
                  <span className="mono">{plugin.name}</span> <span className="meta">{plugin.version}</span>
                </th>
                <td className="wrapped">
                  <State state={plugin.state} detail={plugin.problems.join(" ")} />
                </td>
                <td className="mono wrapped">{[...plugin.agents, ...plugin.tools, ...plugin.providers, ...plugin.subscribers].join(" ")}</td>
              </tr>
            ))}
          </Listed>
        )
      }
    </Loaded>
  );
}

/** The addresses that are told of events. */
export function Webhooks(): ReactNode {
  const words = useWords(settingsWords);
  const webhooks = useWebhooks();
  return (
    <Loaded query={webhooks}>
      {(all) =>
        all.length === 0 ? (
          <Empty icon="globe" title={words.noWebhooks}>
            <p>{words.noWebhooksMore}</p>
            <pre className="code" tabIndex={0}>
              artelier webhooks add https://example.org/hook
            </pre>
          </Empty>
        ) : (
          <Listed label={words.sections.webhooks} columns={[words.address, words.state, words.types]}>
            {all.map((webhook) => (
              <tr key={webhook.id}>
                <th scope="row" className="mono wrapped">
                  {webhook.url}
                </th>
                <td className="wrapped">
                  <State state={webhook.state} detail={webhook.reason} />
                </td>
                <td className="mono wrapped">{webhook.types.join(" ") || words.all}</td>
              </tr>
            ))}
          </Listed>
        )
      }
    </Loaded>
  );
}

function State({ state, detail }: { state: string; detail: string }): ReactNode {
  const words = useWords(settingsWords);
  const look = LOOKS[state] ?? { icon: "info" as const, tone: "dim" };
  return (
    <>
      <Icon name={look.icon} small className={look.tone} /> {words.states[state] ?? state}
      {detail !== "" && <span className="meta block said">{detail}</span>}
    </>
  );
}

function Listed({ label, columns, children }: { label: string; columns: string[]; children: ReactNode }): ReactNode {
  return (
    <div className="tscroll" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
