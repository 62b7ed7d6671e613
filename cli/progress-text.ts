/** How the progress of an export looks to a person. */
import type { ExportJobProgress, ExportProblem, JobSighting, ObservedProgress } from '../client/index.ts';
import {
  formatBytes,
  formatCount,
  formatCounts,
  formatDays,
  formatInstant,
  formatTimeLeft,
} from './amounts.ts';
import { bar, BAR_MAXIMUM, BAR_MINIMUM } from './bar.ts';
import { phaseText } from './phase-text.ts';
import { USUAL_COLUMNS } from './output-stream.ts';
import type { Terminal } from './terminal.ts';
import { visibleLine } from './visible.ts';

/** The whole picture, several lines: what was asked for, a bar, the jobs, the problems. */
export function progressText(
  progress: ObservedProgress,
  paint: Terminal['paint'],
  { nowMs = Date.now(), columns = USUAL_COLUMNS }: { nowMs?: number; columns?: number } = {},
): string {
  const { resourceType, startDay, endDay, workflowId, problems } = progress;
  const asked = resourceType && startDay && endDay ? `${resourceType} ${startDay}..${endDay}` : workflowId;
  return [
    `${paint('bold', asked)}  ${phaseText(progress.phase, paint)}`,
    barText(progress, columns),
    ...(progress.source === 'workflow' ? partsText(progress) : []),
    ...progress.jobs.map((job) => paint('dim', jobText(job))),
    ...(isShort(progress) ? [paint('yellow', shortText(progress, ADVICE))] : []),
    ...problemTexts(problems, nowMs).map((text) => paint('yellow', text)),
  ]
    .map(visibleLine)
    .join('\n');
}

/** The same in one line, for a log: it changes only where something has happened. */
export function progressLine(progress: ObservedProgress): string {
  const phase = progress.phase ?? 'running';
  if (progress.source === 'description')
    return `${phase}: ${doneText(progress)}${isShort(progress) ? ` (${shortText(progress)})` : ''}`;
  // A sentence in the middle of a line does not end in a full stop.
  const problems = problemTexts(progress.problems).map((text) => text.replace(/\.$/, ''));
  const outcomes = progress.days.done > 0 ? `: ${outcomesText(progress)}` : '';
  return visibleLine(
    [`${phase}: ${doneText(progress)}${outcomes}`, ...openText(progress), ...problems].join('; '),
  );
}

/** As many as the card in Temporal's UI shows: a year of failed days would bury everything else. */
const MAXIMUM_PROBLEMS_SHOWN = 12;

/** `nowMs`: where the text may change with the time that is left. */
function problemTexts(problems: ExportProblem[], nowMs?: number): string[] {
  const texts = problems.slice(0, MAXIMUM_PROBLEMS_SHOWN).map(({ problem, day, expiresAt }) => {
    const left = expiresAt && nowMs ? ` (${formatTimeLeft(Date.parse(expiresAt) - nowMs)})` : '';
    return `! ${day ? `${day}: ` : ''}${problem}${left}`;
  });
  const more = problems.length - texts.length;
  return more > 0 ? [...texts, `… and ${formatCount(more)} more`] : texts;
}

/** Whether it is less than a workflow would tell. */
function isShort({ source, result }: ObservedProgress): boolean {
  return source === 'description' && result === null;
}

/** Of one that was refused, or ended from outside, a worker that is up has no more to tell. */
function shortText({ phase }: ObservedProgress, advice = ''): string {
  const why = 'this is what the server knows alone';
  return phase === 'failed' || phase === 'cancelled' ? why : `no worker answers: ${why}${advice}`;
}

const ADVICE = '. See whether one runs, on the task queue that the export was started on';

function barText(progress: ObservedProgress, columns: number): string {
  const { done, total } = progress.days;
  const text = doneText(progress);
  const width = Math.min(BAR_MAXIMUM, columns - text.length - 1);
  return width < BAR_MINIMUM ? text : `${bar({ done: done ?? 0, total: total ?? 0 }, width)} ${text}`;
}

function doneText({ days: { total, done } }: ObservedProgress): string {
  if (total === null) return 'days unknown';
  return done === null ? formatDays(total) : `${formatCount(done)} of ${formatDays(total)} done`;
}

/** The days that are done and those that are not, on one line; no line where there is neither. */
function partsText(progress: Extract<ObservedProgress, { source: 'workflow' }>): string[] {
  const parts = [...(progress.days.done > 0 ? [outcomesText(progress)] : []), ...openText(progress)];
  return parts.length > 0 ? [parts.join('; ')] : [];
}

function outcomesText(progress: Extract<ObservedProgress, { source: 'workflow' }>): string {
  const { downloaded, empty, failed, deleted, reused } = progress.days;
  const there = reused > 0 ? `, ${formatCount(reused)} of them there already` : '';
  const counts = formatCounts({ downloaded, empty, failed, deleted });
  const read =
    downloaded > 0 ? `, ${formatCount(progress.records)} records in ${formatBytes(progress.sizeBytes)}` : '';
  return `${counts}${there}${read}`;
}

function openText(progress: Extract<ObservedProgress, { source: 'workflow' }>): string[] {
  const open = Object.entries(progress.days.byStatus).filter(([, count]) => count > 0);
  if (open.length === 0) return [];
  const named = Object.fromEntries(open.map(([word, count]) => [OUR_WORDS[word] ?? word, count]));
  return [`open: ${formatCounts(named)}`];
}

/** Twilio's statuses stay as they are; these are ours. */
const OUR_WORDS: Record<string, string> = {
  NotSubmitted: 'not submitted',
  Unaccounted: 'without a status yet',
  CompletedOrEmpty: 'Completed or empty',
};

function jobText(job: ExportJobProgress | JobSighting): string {
  const range = 'startDay' in job ? ` ${job.startDay}..${job.endDay}` : '';
  return [
    `${job.jobSid}${range}: ${formatCounts(job.byStatus)}`,
    ...(job.jobQueuePosition === null ? [] : [`queue position ${job.jobQueuePosition}`]),
    ...(job.estimatedCompletionTime === null
      ? []
      : [`expected ${formatInstant(job.estimatedCompletionTime)}`]),
    ...(job.asOf === null ? [] : [`as of ${formatInstant(job.asOf)}`]),
  ].join(' · ');
}
