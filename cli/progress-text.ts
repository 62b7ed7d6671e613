/** How the progress of an export looks to a person. */
import type { ExportJobProgress, JobSighting, ObservedProgress } from '../client/index.ts';
import { formatBytes, formatCount, formatCounts, formatDays, formatInstant } from './amounts.ts';
import type { Terminal } from './terminal.ts';

/** The whole picture, several lines: what was asked for, a bar, the jobs, the problems. */
export function progressText(progress: ObservedProgress, paint: Terminal['paint']): string {
  const { resourceType, startDay, endDay, workflowId, problems } = progress;
  const asked = resourceType && startDay && endDay ? `${resourceType} ${startDay}..${endDay}` : workflowId;
  return [
    `${paint('bold', asked)}  ${phaseText(progress, paint)}`,
    `${bar(progress)} ${doneText(progress)}`,
    ...(progress.source === 'workflow' ? [`${outcomesText(progress)}${waitingText(progress)}`] : []),
    ...progress.jobs.map((job) => paint('dim', jobText(job))),
    ...(progress.source === 'description' && progress.result === null ? [paint('yellow', NO_WORKER)] : []),
    ...problems.map(({ problem, day }) => paint('yellow', `! ${day ? `${day}: ` : ''}${problem}`)),
  ].join('\n');
}

/** The same in one line, for a log: it changes only where something has happened. */
export function progressLine(progress: ObservedProgress): string {
  const phase = progress.phase ?? 'running';
  if (progress.source === 'description')
    return `${phase}: ${doneText(progress)}${progress.result === null ? ` (${NO_WORKER})` : ''}`;
  const problems = progress.problems
    .map(({ problem, day }) => `; ! ${day ? `${day}: ` : ''}${problem}`)
    .join('');
  const outcomes = progress.days.done > 0 ? `: ${outcomesText(progress)}` : '';
  return `${phase}: ${doneText(progress)}${outcomes}${waitingText(progress)}${problems}`;
}

const NO_WORKER = 'no worker answers: this is what the server knows alone';

/** Wide enough to see a day of a month move, narrow enough for a small terminal. */
const BAR_WIDTH = 30;

function bar({ days }: ObservedProgress): string {
  const filled = days.total && days.done ? Math.floor((days.done / days.total) * BAR_WIDTH) : 0;
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

function doneText({ days: { total, done } }: ObservedProgress): string {
  if (total === null) return 'days unknown';
  return done === null ? formatDays(total) : `${formatCount(done)} of ${formatDays(total)} done`;
}

function phaseText({ phase }: ObservedProgress, paint: Terminal['paint']): string {
  if (phase === null) return 'running';
  if (phase === 'complete') return paint('green', phase);
  if (phase === 'failed' || phase === 'incomplete') return paint('red', phase);
  return phase === 'cancelled' ? paint('yellow', phase) : phase;
}

function outcomesText(progress: Extract<ObservedProgress, { source: 'workflow' }>): string {
  const { downloaded, empty, failed, deleted } = progress.days;
  const counts = formatCounts({ downloaded, empty, failed, deleted });
  const read =
    downloaded > 0 ? `, ${formatCount(progress.records)} records in ${formatBytes(progress.sizeBytes)}` : '';
  return `${counts}${read}`;
}

function waitingText(progress: Extract<ObservedProgress, { source: 'workflow' }>): string {
  const open = Object.entries(progress.days.byStatus).filter(([, count]) => count > 0);
  if (open.length === 0) return '';
  return `; open: ${formatCounts(Object.fromEntries(open.map(([word, count]) => [OUR_WORDS[word] ?? word, count])))}`;
}

/** Twilio's statuses stay as they are; these two are ours. */
const OUR_WORDS: Record<string, string> = { NotSubmitted: 'not submitted', Unaccounted: 'not seen yet' };

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
