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

/** How many bytes a text takes in UTF-8: a workflow has no `Buffer`. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += bytesOfCharacter(character);
  return bytes;
}

/**
 * A text that is Markdown already, cut to so many bytes: never within a character, nor between a backslash and what it
 * escapes.
 */
export function cutMarkdown(text: string, maximumBytes: number): string {
  if (bytesOf(text) <= maximumBytes) return text;
  let room = maximumBytes - bytesOf('…');
  let kept = '';
  for (const character of text) {
    room -= bytesOfCharacter(character);
    if (room < 0) break;
    kept += character;
  }
  const escapes = /\\+$/.exec(kept)?.[0].length ?? 0;
  return `${escapes % 2 === 0 ? kept : kept.slice(0, -1)}…`;
}

function bytesOfCharacter(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return 1;
  if (point < 0x8_00) return 2;
  return point < 0x1_00_00 ? 3 : 4;
}
