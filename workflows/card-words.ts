/** How the card spells amounts and times, and texts that are not its own. Pure. */
import type { Instant } from './api.ts';

/**
 * A text as a reader of Markdown shall see it, on one line. Unescaped, `[job JS…] (the last of 3 submissions)` is a link
 * for the Web UI, and what stands in round brackets is lost.
 */
export function asMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[<~]/g, String.raw`\$&`);
}

/** `2026-10-10 12:00 UTC`: to a person at night the minute is enough. */
export function formatMinute(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `12.1 kB` */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
