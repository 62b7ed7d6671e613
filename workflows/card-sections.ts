/** The lists of the card, and the room that they share. Pure. */
import { bytesOf } from './card-words.ts';

/** A list under a title. Without lines it is not shown. */
export interface CardSection {
  title: string;
  lines: readonly string[];
  /** So many lines are shown at most. */
  maximumLines: number;
}

/**
 * The sections as Markdown, within so many bytes in all: they take turns by the line, so that none of them leaves
 * another without its first ones. What is left out is counted.
 */
export function showSections(sections: readonly CardSection[], maximumBytes: number): string[] {
  const shown = sections
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines, maximumLines }) => ({ title, lines, maximumLines, count: 0, isFull: false }));
  // The room for the rest is kept back, also where nothing will be left out.
  let room = maximumBytes - shown.reduce((sum, { title, lines }) => sum + frameBytes(title, lines), 0);
  while (shown.some(({ isFull }) => !isFull)) {
    for (const section of shown.filter(({ isFull }) => !isFull)) {
      const line = section.lines[section.count];
      const bytes = line === undefined ? 0 : bytesOf(listed(line));
      section.isFull = line === undefined || section.count >= section.maximumLines || bytes > room;
      if (section.isFull) continue;
      room -= bytes;
      section.count += 1;
    }
  }
  return shown.map(
    ({ title, lines, count }) =>
      heading(title) + lines.slice(0, count).map(listed).join('') + rest(lines.length - count),
  );
}

function frameBytes(title: string, lines: readonly string[]): number {
  return bytesOf(heading(title)) + bytesOf(rest(lines.length));
}

function heading(title: string): string {
  return `**${title}**\n`;
}

function listed(line: string): string {
  return `\n- ${line}`;
}

function rest(count: number): string {
  return count === 0 ? '' : listed(`… and ${count} more`);
}
