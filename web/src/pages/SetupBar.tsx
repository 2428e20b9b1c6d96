import { useEffect, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { Icon } from "../parts/Icon";
import { useHealth } from "../server";
import { useSpeech, useWords } from "../words";
import { agentsWords } from "../words/agents";
import { partText } from "../words/health";
import { setupWords } from "../words/setup";

const PLACES = ["agents", "tools", "settings/models", "settings/approvals", "settings/mcp", "settings", "health"] as const;

/** The bar above all pages of the house: where one is, and what lies beside. */
export function SetupBar({ title, menuButton }: { title: string; menuButton: ReactNode }): ReactNode {
  const words = useWords(setupWords);
  const [here] = useLocation();
  const current = PLACES.toSorted((one, other) => other.length - one.length).find((place) => here.startsWith(`/${place}`));
  return (
    <div className="bar wrap">
      {menuButton}
      <h1 className="title-bar">{title}</h1>
      <nav className="end seg" aria-label={words.places}>
        {PLACES.map((place) => (
          <Link key={place} href={`/${place}`} aria-current={place === current ? "page" : undefined}>
            {words.names[place]}
          </Link>
        ))}
      </nav>
    </div>
  );
}

/** Says why settings that changed are not in force; nothing where all is well. */
export function NotAccepted(): ReactNode {
  const words = useWords(agentsWords);
  const { language } = useSpeech();
  const { data: health } = useHealth();
  const part = health?.parts["settings"];
  if (part === undefined || part.state === "ok") return null;
  return (
    <div className="notice bad" role="alert">
      <Icon name="failed" />
      <div>
        <b>{words.notAccepted}</b>
        <p className="said">{partText(language, part)}</p>
        <p className="row wrap notice-row">
          {words.stay} <code className="meta">CONFIG_INVALID</code>
        </p>
      </div>
    </div>
  );
}

/** Bring the name that is shown into sight where the list of names is one line. */
export function useNameInSight(name: string): void {
  useEffect(() => {
    // In braces: newer browsers return a promise, and an effect may return nothing but its undoing.
    document.querySelector(".names-col [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [name]);
}
