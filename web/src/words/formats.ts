/** Numbers, times and money as each language writes them. */
export type Language = "en" | "ru";

export interface Formats {
  language: Language;
  number(value: number): string;
  percent(value: number): string;
  /** A large number in few signs: `31.8 M`. */
  compact(value: number): string;
  /** US dollars: `$0.08`, `0,08 $`; below a dollar as many digits as say something. */
  money(value: number): string;
  /** A span such as `4 ms`, `2.4 s`, `6 min`, `2 h`. */
  span(seconds: number): string;
  /** What is left until a moment: `23:41:08`. */
  clock(seconds: number): string;
  time(moment: number): string;
  date(moment: number): string;
  /** A moment as people say it: `tomorrow at 13:43`. */
  moment(moment: number): string;
  /** Choose the form of a noun for a number: one, few, many, other. */
  plural(count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }): string;
}

const NARROW = "\u00a0";
const UNITS = {
  en: { ms: "ms", s: "s", min: "min", h: "h", d: "d" },
  ru: { ms: "мс", s: "с", min: "мин", h: "ч", d: "д" },
} as const;

/** Return how a language writes things. */
export function formatsOf(language: Language): Formats {
  const locale = language === "ru" ? "ru-RU" : "en-US";
  const units = UNITS[language];
  const rules = new Intl.PluralRules(locale);
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  const number = (value: number, digits = 1): string => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value).replaceAll("\u202f", NARROW);
  const amount = (value: number, digits: number): string => new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: digits }).format(value).replaceAll("\u202f", NARROW);
  return {
    language,
    number: (value) => number(value, 0),
    percent: (value) => (language === "ru" ? `${number(value * 100, 0)}${NARROW}%` : `${number(value * 100, 0)} %`),
    compact: (value) => {
      const [size, unit] = value >= 999_950 ? [1e6, language === "ru" ? "млн" : "M"] : value >= 10_000 ? [1e3, language === "ru" ? "тыс." : "k"] : [1, ""];
      return unit === "" ? number(value, 0) : `${number(value / size, 1)}${NARROW}${unit}`;
    },
    money: (value) => {
      const size = Math.abs(value);
      const text = amount(size, size >= 1 ? 2 : size >= 0.01 ? 3 : 4);
      const sign = value < 0 ? "−" : "";
      return language === "ru" ? `${sign}${text}${NARROW}$` : `${sign}$${text}`;
    },
    span: (seconds) => {
      if (seconds < 0.0095) return `${number(seconds * 1000, 1)}${NARROW}${units.ms}`;
      if (seconds < 0.9995) return `${number(seconds * 1000, 0)}${NARROW}${units.ms}`;
      if (seconds < 60) return `${number(seconds, seconds < 10 ? 1 : 0)}${NARROW}${units.s}`;
      if (seconds < 3600) return `${number(Math.floor(seconds / 60), 0)}${NARROW}${units.min}`;
      if (seconds < 86_400) return `${number(Math.floor(seconds / 3600), 0)}${NARROW}${units.h}`;
      return `${number(Math.floor(seconds / 86_400), 0)}${NARROW}${units.d}`;
    },
    clock: (seconds) => {
      const left = Math.max(0, Math.floor(seconds));
      const two = (value: number): string => String(value).padStart(2, "0");
      return `${two(Math.floor(left / 3600))}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    },
    time: (moment) => time.format(moment),
    date: (moment) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).format(moment),
    moment: (moment) => `${dayOf(moment, locale)} ${language === "ru" ? `в${NARROW}` : "at "}${time.format(moment)}`,
    plural: (count, forms) => forms[rules.select(count)] ?? forms.other,
  };
}

/** Return the day of a moment: today and tomorrow by name, else by its date. */
function dayOf(moment: number, locale: string): string {
  const days = Math.round((new Date(moment).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0 || days === 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" }).format(moment);
}

/** Return the language that the person chose, or that the browser speaks. */
export function languageNow(): Language {
  const said = localStorage.getItem("language") ?? navigator.language;
  return said.startsWith("ru") ? "ru" : "en";
}
