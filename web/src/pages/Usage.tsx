import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { Icon } from "../parts/Icon";
import { useInsight, useUsage, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { usageWords } from "../words/usage";
import { Choice } from "./Choice";
import { Empty, Loaded } from "./Loaded";
import { csvOf, daysUntil } from "./scale";
import { UsageApprovals, UsageBudgets, UsageLayers } from "./UsageBlocks";
import { UsageBy } from "./UsageBy";
import { UsageDays } from "./UsageDays";

const PERIODS = ["7", "14", "30"] as const;
type Period = (typeof PERIODS)[number];

/** What was paid and what was saved: by day, by layer of caches, and by whose runs. */
export default function Usage({ menuButton }: { menuButton: ReactNode }): ReactNode {
  const words = useWords(usageWords);
  const [period, setPeriod] = useState<Period>("14");
  const days = daysUntil(Date.now(), Number(period));
  const since = `${days[0]}T00:00:00Z`;
  const report = useUsage("day", since);
  return (
    <main className="main paged" aria-label={words.title}>
      <div className="page">
        <div className="row wrap">
          {menuButton}
          <h1>{words.title}</h1>
          <span className="end row wrap">
            <Choice label={words.period} options={PERIODS} names={words.periods} value={period} onChange={setPeriod} />
            <button type="button" className="btn small" disabled={report.data === undefined} onClick={() => save(report.data)}>
              <Icon name="copy" small />
              {words.exportCsv}
            </button>
          </span>
        </div>
        <Loaded query={report}>{(data) => (data.total.replies === 0 ? <Nothing budgets={data.budgets} /> : <Report report={data} days={days} since={since} />)}</Loaded>
      </div>
    </main>
  );
}

function Nothing({ budgets }: { budgets: Schemas["BudgetView"][] }): ReactNode {
  const words = useWords(usageWords);
  return (
    <>
      <Empty icon="chart" title={words.nothing}>
        <p>{words.nothingMore}</p>
        <Link className="btn" href="/">
          {words.start}
        </Link>
      </Empty>
      <UsageBudgets budgets={budgets} />
    </>
  );
}

function Report({ report, days, since }: { report: Schemas["UsageReportView"]; days: string[]; since: string }): ReactNode {
  const insight = useInsight(since);
  return (
    <>
      <Figures report={report} questions={insight.data?.questions ?? []} />
      <UsageDays report={report} days={days} />
      <UsageBudgets budgets={report.budgets} />
      <div className="usage-pair">
        <UsageLayers report={report} semantic={insight.data?.semantic ?? null} />
        <UsageBy since={since} agents={insight.data?.agents ?? []} />
      </div>
      <UsageApprovals questions={insight.data?.questions ?? []} />
    </>
  );
}

function Figures({ report, questions }: { report: Schemas["UsageReportView"]; questions: Schemas["QuestionInsightView"][] }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const { total } = report;
  const without = total.cost + total.saved;
  const sum = (of: "asked" | "approved" | "rejected"): number => questions.reduce((all, each) => all + each[of], 0);
  return (
    <div className="grid4 figures">
      <Figure name={words.paid} value={formats.money(total.cost)}>
        {[report.cost_in !== null ? words.inOther(formats.number(report.cost_in), report.currency) : "", total.unpriced_calls > 0 ? words.unpriced(total.unpriced_calls) : ""].filter(Boolean).join(" · ")}
      </Figure>
      <Figure name={words.saved} value={formats.money(total.saved)} bad={total.saved < 0}>
        {total.saved < 0 ? words.costMore : without > 0 ? words.without(formats.percent(total.saved / without), formats.money(without)) : ""}
      </Figure>
      <Figure name={words.tokens} value={formats.compact(total.input_tokens + total.output_tokens)}>
        {words.ofTokens(formats.compact(total.input_tokens), formats.percent(total.input_tokens > 0 ? total.cached_tokens / total.input_tokens : 0), formats.compact(total.output_tokens))}
      </Figure>
      <Figure name={words.questions} value={formats.number(sum("asked"))}>
        {words.ofQuestions(sum("approved"), sum("rejected"))}
      </Figure>
    </div>
  );
}

function Figure({ name, value, bad, children }: { name: string; value: string; bad?: boolean; children: ReactNode }): ReactNode {
  return (
    <div>
      <p className="meta">{name}</p>
      <p className={`big ${bad ? "bad" : ""}`}>{value}</p>
      <p className="meta">{children}</p>
    </div>
  );
}

function save(report: Schemas["UsageReportView"] | undefined): void {
  if (report === undefined) return;
  const names = ["key", "cost", "saved", "input_tokens", "cached_tokens", "output_tokens", "replies", "runs", "calls", "seconds"] as const;
  const text = csvOf([names, ...report.items.map((item) => names.map((name) => item[name]))]);
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `artelier-usage-${report.since.slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}
