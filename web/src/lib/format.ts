// Numbers, money and times as the reader's language writes them.

export const count = (language: string, n: number) => new Intl.NumberFormat(language).format(n);

export const short = (language: string, n: number) =>
  new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(n);

/** Small sums need their digits: 0.0042 is not 0.00. */
export const money = (language: string, usd: number) =>
  new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: usd !== 0 && Math.abs(usd) < 0.1 ? 4 : 2,
  }).format(usd);

export const bytes = (language: string, n: number) => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const power = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  return new Intl.NumberFormat(language, { style: "unit", unit: units[power] as string, unitDisplay: "short", maximumFractionDigits: 1 }).format(n / 1000 ** power);
};

/** "1m 05s", "0.8s": how long something takes or took. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  if (seconds < 60) return `${Math.round(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(Math.floor(seconds % 60)).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago", from the reader's own clock. */
export function ago(language: string, then: string, now = Date.now()): string {
  const seconds = (new Date(then).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  return format.format(0, "second");
}

export const moment = (language: string, then: string) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(then));

/** "owner/name" of an address, or the last folder of a path. */
export function repoName(url: string): string {
  const parts = url.replace(/\/+$/, "").replace(/\.git$/, "").split(/[/:]/).filter(Boolean);
  const local = /^(\/|file:)/.test(url);
  return parts.slice(local ? -1 : -2).join("/") || url;
}
