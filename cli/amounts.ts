/** Numbers as people read them. */

/** `1.2 GB`: decimal units, as disks and networks are sold. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `30 days`, `1 day`. */
export function formatDays(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'day' : 'days'}`;
}

/** `12 Completed, 3 Running`, the largest first; `nothing` where there is none. */
export function formatCounts(counts: Record<string, number>): string {
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${formatCount(count)} ${name}`);
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}

/** `2026-10-30 12:34 UTC`, of an ISO 8601 instant. */
export function formatInstant(instant: string): string {
  return `${instant.slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ')} UTC`;
}

/** `5 hours left`, `12 minutes left`, `time is up`: always rounded down. */
export function formatTimeLeft(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'time is up';
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.floor(minutes / 60), 'hour'];
  return `${formatCount(count)} ${unit}${count === 1 ? '' : 's'} left`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
