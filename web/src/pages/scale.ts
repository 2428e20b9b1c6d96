/** Values of an axis from `low` to `high`, one each `step`. */
export interface Scale {
  low: number;
  high: number;
  ticks: number[];
}

const STEPS = [1, 2, 5, 10];

/** Return round values that span what is to be drawn, with zero among them. */
export function scaleOf(lowest: number, highest: number): Scale {
  const [from, to] = [Math.min(0, lowest), Math.max(0, highest)];
  const rough = (to - from || 1) / 3;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * size >= rough * 0.999) ?? 10) * size;
  const [first, last] = [Math.floor(from / step + 1e-9), Math.ceil(to / step - 1e-9)];
  const ticks = Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
  return { low: first * step, high: last * step, ticks };
}

/** Return the days of a period up to a moment, oldest first, as `2026-01-21`. */
export function daysUntil(moment: number, count: number): string[] {
  return Array.from({ length: count }, (_, place) => new Date(moment - (count - 1 - place) * 86_400_000).toISOString().slice(0, 10));
}

/** Return rows as comma-separated values, quoted where they have to be. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? "" : String(value);
    // A leading sign would be a formula to the programs that open such files.
    const safe = typeof value === "string" && /^[=+\-@]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
