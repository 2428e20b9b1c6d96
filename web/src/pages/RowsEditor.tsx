import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useWords } from "../words";
import { settingsWords } from "../words/settings";

type Row = Record<string, unknown>;
interface Column {
  key: string;
  title: string;
  options?: Record<string, string>;
  isNumber?: boolean;
}

/** Approval rules or budgets: one row each, the first one that fits is not better than the others. */
export function RowsEditor({ name, rows, onChange }: { name: string; rows: Row[]; onChange(rows: Row[]): void }): ReactNode {
  const words = useWords(settingsWords);
  const isRules = name === "approvals.rules";
  const { rule, budget } = words;
  const columns: Column[] = isRules
    ? [
        { key: "decision", title: rule.decision, options: rule.decisions },
        { key: "tool", title: rule.tool },
        { key: "agent", title: rule.agent },
        { key: "path", title: rule.path },
        { key: "command", title: rule.command },
      ]
    : [
        { key: "per", title: budget.per, options: budget.pers },
        { key: "name", title: budget.name },
        { key: "period", title: budget.period, options: budget.periods },
        { key: "dollars", title: budget.dollars, isNumber: true },
      ];
  const fresh: Row = isRules ? { decision: "ask", tool: "*" } : { per: "all", name: "*", period: "month", dollars: 10 };
  const put = (place: number, key: string, value: unknown): void => onChange(rows.map((row, at) => (at === place ? { ...row, [key]: value } : row)));
  return (
    <div>
      {rows.length === 0 && <p className="dim">{isRules ? rule.empty : budget.empty}</p>}
      {rows.length > 0 && (
        <div className="tscroll" tabIndex={0} role="group" aria-label={isRules ? rule.title : budget.title}>
          <table className="rows-table">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.key}>{column.title}</th>
                ))}
                <th>
                  <span className="sr">{words.remove}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, place) => (
                <tr key={place}>
                  {columns.map((column) => (
                    <td key={column.key}>
                      <Cell column={column} value={row[column.key]} label={`${column.title}, ${place + 1}`} onChange={(value) => put(place, column.key, value)} />
                    </td>
                  ))}
                  <td>
                    <button type="button" className="icon-btn" aria-label={`${words.remove} ${place + 1}`} onClick={() => onChange(rows.filter((_, at) => at !== place))}>
                      <Icon name="failed" small />
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <button type="button" className="btn small add-row" onClick={() => onChange([...rows, fresh])}>
        <Icon name="plus" small /> {words.add}
      </button>
    </div>
  );
}

function Cell({ column, value, label, onChange }: { column: Column; value: unknown; label: string; onChange(value: unknown): void }): ReactNode {
  const text = value === null || value === undefined ? "" : String(value);
  if (column.options !== undefined) {
    return (
      <select className="field" aria-label={label} value={text} onChange={(event) => onChange(event.target.value)}>
        {Object.entries(column.options).map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    );
  }
  if (column.isNumber) return <input className="field" type="number" min="0.01" step="any" required aria-label={label} value={text} onChange={(event) => onChange(event.target.value === "" ? "" : Number(event.target.value))} />;
  return <input className="field mono" aria-label={label} value={text} spellCheck={false} onChange={(event) => onChange(event.target.value)} />;
}
