import { useId, useState, type ReactNode } from "react";
import { Link } from "wouter";

import { useKeys } from "../parts/keys";
import type { Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { usageWords } from "../words/usage";
import { Empty } from "./Loaded";
import { scaleOf } from "./scale";

interface Day {
  date: string;
  name: string;
  paid: number;
  saved: number;
}

/** Paid and saved each day, as bars or, on `T`, as a table. */
export function UsageDays({ report, days }: { report: Schemas["UsageReportView"]; days: string[] }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const [isTable, setTable] = useState(false);
  const title = useId();
  const used = new Map(report.items.map((item) => [item.key, item]));
  const all: Day[] = days.map((date) => ({ date, name: formats.date(Date.parse(`${date}T12:00:00`)), paid: used.get(date)?.cost ?? 0, saved: used.get(date)?.saved ?? 0 }));
  const isFree = all.every((day) => day.paid === 0 && day.saved === 0);
  const turn = (): void => setTable(!isTable);
  useKeys({ KeyT: turn });
  return (
    <section className="block-section" aria-labelledby={title}>
      <div className="row wrap">
        <h2 id={title}>{words.byDay}</h2>
        {!isFree && (
          <span className="end row meta" aria-hidden="true">
            <i className="swatch paid" />
            {words.legendPaid}
            <i className="swatch" />
            {words.legendSaved}
          </span>
        )}
      </div>
      {isTable ? <DayTable days={all} label={words.byDay} /> : isFree ? <Free /> : <DayBars days={all} />}
      <p className="meta">
        <button type="button" className="linkish" onClick={turn}>
          {isTable ? words.asChart : words.asTable} <kbd>T</kbd>
        </button>{" "}
        · {words.utc}
      </p>
    </section>
  );
}

/** What stands in place of bars where nothing was paid and nothing saved: why, and how that changes. */
function Free(): ReactNode {
  const words = useWords(usageWords);
  return (
    <Empty icon="coin" title={words.free}>
      <p>{words.freeMore}</p>
      <Link className="btn" href="/settings/models">
        {words.toModels}
      </Link>
    </Empty>
  );
}

function DayBars({ days }: { days: Day[] }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const sums = days.map((day) => day.paid + Math.max(0, day.saved));
  const scale = scaleOf(Math.min(...days.map((day) => day.saved)), Math.max(...sums));
  const part = (value: number): string => `${(value / (scale.high - scale.low)) * 100}%`;
  const ground = part(-scale.low);
  const top = days[sums.indexOf(Math.max(...sums))]!;
  const every = Math.ceil(days.length / 7);
  return (
    <div className="day-chart" role="img" aria-label={words.chart(days[0]!.name, days.at(-1)!.name, top.name, formats.money(top.paid), formats.money(top.saved))}>
      <div className="axis" aria-hidden="true">
        {scale.ticks.map((tick) => (
          <span key={tick} style={{ bottom: part(tick - scale.low) }}>
            {formats.money(tick)}
          </span>
        ))}
      </div>
      <div className="bars">
        {scale.ticks.map((tick) => (
          <i key={tick} className="line" style={{ bottom: part(tick - scale.low) }} />
        ))}
        {days.map((day, place) => (
          <div key={day.date} className="day" title={words.ofDay(day.name, formats.money(day.paid), formats.money(day.saved))}>
            {day.paid > 0 && <i className="paid" style={{ bottom: ground, height: part(day.paid) }} />}
            {day.saved > 0 && <i className="saved" style={{ bottom: part(day.paid - scale.low), height: part(day.saved) }} />}
            {day.saved < 0 && <i className="lost" style={{ bottom: part(day.saved - scale.low), height: part(-day.saved) }} />}
            {(days.length - 1 - place) % every === 0 && <span>{formats.number(Number(day.date.slice(8)))}</span>}
          </div>
        ))}
      </div>
    </div>
  );
}

function DayTable({ days, label }: { days: Day[]; label: string }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  return (
    <div className="tscroll" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th>{words.day}</th>
            <th className="r">{words.paid}</th>
            <th className="r">{words.savedColumn}</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.date}>
              <th scope="row">{day.name}</th>
              <td className="r">{formats.money(day.paid)}</td>
              <td className={`r ${day.saved < 0 ? "bad" : ""}`}>{formats.money(day.saved)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
