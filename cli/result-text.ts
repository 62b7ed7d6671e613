/** How the end of an export looks to a person. */
import { fileURLToPath } from 'node:url';
import type { ExportedDay, ExportJobResult } from '../client/index.ts';
import { formatBytes, formatCount, formatCounts, formatDays } from './amounts.ts';
import { plainTable } from './plain-table.ts';
import type { Terminal } from './terminal.ts';
import { visibleLine } from './visible.ts';

/** A table of the days, what became of the jobs, and where the files and the manifest lie. */
export function resultText(result: ExportJobResult, paint: Terminal['paint']): string {
  const { totals, days, manifest, notCleaned, cancelReason } = result;
  const { downloaded, empty, failed, deleted, cancelled } = totals;
  const listed = days.length <= MAXIMUM_ROWS ? days : days.filter(({ outcome }) => !isWell(outcome));
  const files = filesOf(result);
  const reused = days.filter((day) => day.reused !== undefined).length;
  return [
    ...(listed.length > 0 ? dayTable(listed, paint).split('\n') : []),
    ...(listed.length < days.length
      ? [`Not listed: ${formatDays(days.length - listed.length)} that went well.`]
      : []),
    `${paint('bold', result.outcome)}: ${formatDays(totals.days)}, ` +
      `${formatCounts({ downloaded, empty, failed, deleted, cancelled })}; ` +
      `${formatCount(totals.records)} records in ${formatBytes(totals.sizeBytes)}`,
    ...(reused > 0
      ? [`Reused: ${formatDays(reused)} that ${reused === 1 ? 'was' : 'were'} there already`]
      : []),
    ...(cancelReason === undefined ? [] : [`Reason: ${cancelReason}`]),
    ...result.jobs.map(
      ({ jobSid, startDay, endDay, fate }) => `Job ${jobSid} ${startDay}..${endDay}: ${fate}`,
    ),
    ...makerLines(days),
    ...(files === null ? [] : [`Files:    ${files}`]),
    `Manifest: ${manifest === null ? 'could not be written' : asPath(manifest)}`,
    ...notCleaned.map((sentence) => paint('yellow', `! ${sentence}`)),
  ]
    .map(visibleLine)
    .join('\n');
}

/** Days with the files of other jobs, a line for each of these jobs. */
function makerLines(days: ExportedDay[]): string[] {
  const daysOf = new Map<string, number>();
  for (const { madeBy } of days) {
    if (madeBy === undefined) continue;
    const made = madeBy.createDate === null ? '' : ` on ${madeBy.createDate}`;
    const job = `"${madeBy.friendlyName}"${made}`;
    daysOf.set(job, (daysOf.get(job) ?? 0) + 1);
  }
  const lines = [...daysOf].map(([job, count]) => `Made by another job, ${job}: ${formatDays(count)}`);
  const more = lines.length - MAXIMUM_MAKERS;
  return [...lines.slice(0, MAXIMUM_MAKERS), ...(more > 0 ? [`… and by ${formatCount(more)} more`] : [])];
}

/** One job brings many days; a year of jobs of one day each would bury what matters. */
const MAXIMUM_MAKERS = 5;

/** All files of the result as one pattern, for `zcat` and DuckDB; null where there is none. */
export function filesOf({ days }: Pick<ExportJobResult, 'days'>): string | null {
  const first = days.find(({ location }) => location !== undefined);
  if (first?.location === undefined) return null;
  return asPath(first.location).replace(`day=${first.day}`, 'day=*');
}

/** A path where it is a file of this machine, the URL else. */
export function asPath(location: string): string {
  return location.startsWith('file:') ? fileURLToPath(location) : location;
}

/** Two months still fit on a screen that scrolls a little; a year would bury what matters. */
const MAXIMUM_ROWS = 62;

function isWell(outcome: ExportedDay['outcome']): boolean {
  return outcome === 'downloaded' || outcome === 'empty';
}

function dayTable(days: ExportedDay[], paint: Terminal['paint']): string {
  const hasProblems = days.some(({ problem }) => problem !== undefined);
  return plainTable(
    {
      head: ['Day', 'Outcome', 'Records', 'Size', 'Attempts', ...(hasProblems ? ['Problem'] : [])],
      colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
      ...(hasProblems && { colWidths: [null, null, null, null, null, PROBLEM_WIDTH], wordWrap: true }),
    },
    days.map(({ day, outcome, records, sizeBytes, attempts, problem }) => {
      const hasFile = outcome === 'downloaded';
      return [
        day,
        paint(isWell(outcome) ? 'green' : 'red', outcome),
        hasFile ? formatCount(records) : '',
        hasFile ? formatBytes(sizeBytes) : '',
        attempts,
        ...(hasProblems ? [problem ?? ''] : []),
      ];
    }),
  );
}

const PROBLEM_WIDTH = 60;
