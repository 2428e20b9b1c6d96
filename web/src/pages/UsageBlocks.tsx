import { useId, type ReactNode } from "react";
import { Link } from "wouter";

import type { Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { usageWords } from "../words/usage";

const LAYERS = ["prompt_cache", "reply_cache", "joined", "semantic"] as const;
const OUTCOMES = ["approved", "rejected", "timed_out", "open"] as const;
const LOOKS = { approved: "c", rejected: "p", timed_out: "", open: "b" } as const;

/** What each layer of caches saved, or cost. */
export function UsageLayers({ report, semantic }: { report: Schemas["UsageReportView"]; semantic: Schemas["SemanticInsightView"] | null }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const title = useId();
  const layers = LAYERS.map((name) => report.layers.find((each) => each.layer === name) ?? { layer: name, replies: 0, saved: 0 });
  const whole = layers.reduce((sum, each) => sum + Math.abs(each.saved), 0) || 1;
  const about = ({ layer, replies, saved }: Schemas["LayerView"]): string => {
    if (layer === "semantic" && semantic === null) return words.semanticOff;
    if (layer === "semantic" && semantic?.mode === "shadow") return words.shadow(semantic.near);
    if (layer !== "prompt_cache") return words.layerReplies(replies);
    return saved < 0 ? words.storedForNothing : words.cachedInput(formats.percent(report.total.input_tokens > 0 ? report.total.cached_tokens / report.total.input_tokens : 0));
  };
  return (
    <section aria-labelledby={title}>
      <h2 id={title}>{words.layers}</h2>
      <div className="tscroll" tabIndex={0} role="group" aria-label={words.layers}>
        <table className="narrow-stack">
          <thead>
            <tr>
              <th>{words.layer}</th>
              <th className="share">
                <span className="sr">{words.share}</span>
              </th>
              <th className="r">{words.savedColumn}</th>
              <th>{words.from}</th>
            </tr>
          </thead>
          <tbody>
            {layers.map((each) => (
              <tr key={each.layer}>
                <th scope="row">{words.layerNames[each.layer]}</th>
                <td className="share">
                  <span className="gauge" role="img" aria-label={formats.percent(each.saved / whole)}>
                    <i className={each.saved < 0 ? "lost" : ""} style={{ width: `${(Math.abs(each.saved) / whole) * 100}%` }} />
                  </span>
                </td>
                <td className={`r ${each.saved < 0 ? "bad" : ""}`} data-head={words.savedColumn}>
                  {formats.money(each.saved)}
                </td>
                <td className="meta">{about(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Where each budget stands. */
export function UsageBudgets({ budgets }: { budgets: Schemas["BudgetView"][] }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const title = useId();
  if (budgets.length === 0) return null;
  return (
    <section className="block-section" aria-labelledby={title}>
      <h2 id={title}>{words.budgets}</h2>
      <ul className="budgets">
        {budgets.map((budget) => {
          const of = [words.budgetOf[budget.per], budget.per === "agent" || budget.per === "session" ? budget.who : ""].filter(Boolean).join(" ");
          const spent = words.spentOf(formats.money(budget.spent), formats.money(budget.dollars));
          return (
            <li key={`${budget.per}${budget.who}${budget.period}`}>
              <p className="row wrap">
                <b>{of}</b>
                <span className="dim">{words.budgetPeriods[budget.period]}</span>
                <span className={`end num ${budget.warns ? "warn" : ""}`}>{spent}</span>
              </p>
              <span className="gauge" role="img" aria-label={spent}>
                <i className={budget.warns ? "near" : "plain"} style={{ width: `${Math.min(100, (budget.spent / budget.dollars) * 100)}%` }} />
              </span>
              <p className="meta">
                {[budget.resets_at === null ? "" : words.resets(formats.date(Date.parse(budget.resets_at))), budget.reserved > 0 ? words.reserved(formats.money(budget.reserved)) : ""].filter(Boolean).join(" · ")}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What became of the calls that were asked about. */
export function UsageApprovals({ questions }: { questions: Schemas["QuestionInsightView"][] }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const title = useId();
  const approvals = questions.find((each) => each.kind === "approval");
  if (approvals === undefined || approvals.asked === 0) return null;
  const shown = OUTCOMES.filter((outcome) => approvals[outcome] > 0);
  return (
    <section className="block-section" aria-labelledby={title}>
      <h2 id={title}>{words.approvals(approvals.asked)}</h2>
      <div className="meter tall" role="img" aria-label={shown.map((outcome) => `${words.outcomes[outcome]} ${formats.number(approvals[outcome])}`).join(", ")}>
        {shown.map((outcome) => (
          <i key={outcome} className={LOOKS[outcome]} style={{ flexGrow: approvals[outcome] }} />
        ))}
      </div>
      <div className="row wrap outcomes">
        {shown.map((outcome) => (
          <span key={outcome} className="row">
            <i className={`swatch ${LOOKS[outcome] || "full"}`} />
            {formats.number(approvals[outcome])} {words.outcomes[outcome]}
          </span>
        ))}
        <Link href="/inbox?show=allowed" className="end">
          {words.granted}
        </Link>
      </div>
    </section>
  );
}
