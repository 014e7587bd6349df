import type { Severity, SeverityCounts } from '../api/wire.ts';

const counts = new Intl.NumberFormat('en');
export const formatCount = (value: number): string => counts.format(value);

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** As people say it: `today`, `12 days`, `7 months`, `2.4 years`. */
export function formatAge(days: number): string {
  if (days < 1) return 'today';
  if (days < 60) return plural(Math.floor(days), 'day');
  if (days < 730) return plural(Math.floor(days / 30.44), 'month');
  return `${(days / 365.25).toFixed(1)} years`;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
/** Decimal units, as registries and engines show them. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `2026-11-24 03:10`, in UTC: the same day on every screen, and the day that a date asks for. */
export const formatTime = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
export const formatDay = (iso: string): string => iso.slice(0, 10);

/** `4 min ago`; exact enough for a glance, the time itself belongs into a tooltip. */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${formatAge(minutes / 1440)} ago`;
}

/** `in 4 h`, `in 12 days`; `4 min ago` once it is over. */
export function formatUntil(iso: string, now: number = Date.now()): string {
  const minutes = Math.floor((Date.parse(iso) - now) / 60_000);
  if (minutes < 0) return formatAgo(iso, now);
  if (minutes < 60) return `in ${minutes} min`;
  if (minutes < 48 * 60) return `in ${Math.floor(minutes / 60)} h`;
  return `in ${formatAge(minutes / 1440)}`;
}

/** `4 h`, `12 days`: how long an interval lasted. */
export function formatSpan(from: string, to: string | null, now: number = Date.now()): string {
  const minutes = Math.max(0, Math.floor(((to === null ? now : Date.parse(to)) - Date.parse(from)) / 60_000));
  if (minutes < 1) return '< 1 min';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return formatAge(minutes / 1440);
}

/** Enough of a digest or container ID to recognize it by. */
export const shortDigest = (digest: string): string => digest.replace(/^sha(256|512):/, '').slice(0, 12);

/** `docker.io/library/nginx:1` is what everyone calls `nginx:1`. */
export const shortReference = (reference: string): string => reference.replace(/^docker\.io\/(library\/)?/, '');

/** A package URL without its qualifiers: `deb/debian/openssl@3.0.11`. */
export function shortPurl(purl: string): string {
  const bare = purl.replace(/^pkg:/, '').replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

export const severities = [
  'critical',
  'high',
  'medium',
  'low',
  'negligible',
  'unknown',
] as const satisfies readonly Severity[];
export const totalOf = (of: SeverityCounts): number => severities.reduce((sum, severity) => sum + of[severity], 0);
export const describeSeverities = (of: SeverityCounts): string =>
  severities
    .filter((severity) => of[severity] > 0)
    .map((severity) => `${formatCount(of[severity])} ${severity}`)
    .join(', ');

export const noSeverities: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
export const addSeverities = (a: SeverityCounts, b: SeverityCounts): SeverityCounts => ({
  critical: a.critical + b.critical,
  high: a.high + b.high,
  medium: a.medium + b.medium,
  low: a.low + b.low,
  negligible: a.negligible + b.negligible,
  unknown: a.unknown + b.unknown,
});
