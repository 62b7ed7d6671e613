/** The Markdown card that an operator reads on the workflow's page ("User Metadata", current details). Pure. */
import type { ExportPhase, ExportProblem, ExportProgress } from './api.ts';
import { formatRange } from './calendar.ts';
import type { ResolvedExportJobInput } from './input.ts';

/** The UI shows up to 20 kB; these limits keep the card of 366 days far below it. */
const MAXIMUM_JOBS_SHOWN = 20;
const MAXIMUM_PROBLEMS_SHOWN = 12;
const MAXIMUM_PROBLEM_CHARACTERS = 500;
const BAR_CELLS = 30;

/** The card of an export as it is now. */
export function cardOf(progress: ExportProgress, request: ResolvedExportJobInput): string {
  const { days, jobs, problems, result } = progress;
  // The engine does not carry the summary and the details of a start into a new run: this line takes their place.
  const from = request.account === 'default' ? '' : ` of ${request.account}`;
  const done = days.downloaded + days.empty + days.failed + days.deleted;
  return [
    `### ${request.resourceType}${from} ${request.startDay}..${request.endDay} to ${request.destination}`,
    `**${PHASE_SENTENCES[progress.phase]}**`,
    `${bar(done, days.total)} ${done} of ${days.total} days, ${formatBytes(progress.sizeBytes)}, ` +
      `${formatCount(progress.records)} records`,
    list('Days', [
      ...entries({
        downloaded: days.downloaded,
        empty: days.empty,
        failed: days.failed,
        deleted: days.deleted,
      }),
      ...entries(days.byStatus),
    ]),
    days.reused > 0 ? `Of these ${days.reused} were there already and cost no quota` : '',
    section(
      'Jobs at Twilio',
      jobs.toReversed().map((job) => {
        const hints = [
          formatStatuses(job.byStatus) || 'not looked at yet',
          job.jobQueuePosition === null ? '' : `queue position ${job.jobQueuePosition}`,
          job.estimatedCompletionTime === null ? '' : `estimated ${job.estimatedCompletionTime}`,
          job.asOf === null ? '' : `as of ${job.asOf}`,
        ];
        return `\`${job.jobSid}\` ${formatRange(job)}: ${hints.filter(Boolean).join('; ')}`;
      }),
      MAXIMUM_JOBS_SHOWN,
    ),
    section('What is wrong, and what to do', problems.map(problemLine), MAXIMUM_PROBLEMS_SHOWN),
    result?.manifest ? `Manifest: \`${result.manifest}\`` : '',
    section('Not cleaned up', result?.notCleaned ?? [], MAXIMUM_PROBLEMS_SHOWN),
    result === null ? FOOTER : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** `12 Submitted, 3 Running, 15 Completed`. */
export function formatStatuses(byStatus: Record<string, number>): string {
  return entries(byStatus).join(', ');
}

const PHASE_SENTENCES: Record<ExportPhase, string> = {
  creating: 'Asking Twilio for the days.',
  waiting:
    'Waiting for Twilio. Nothing to do: looks repeat by themselves, see Pending Activities for the next.',
  downloading: 'Downloading the days that are ready; looks for the others go on.',
  waitingForQuota: 'Waiting until Twilio takes days again: the quota of this UTC day is spent.',
  cleaning: 'Every day has its outcome. Cleaning up.',
  complete: 'Complete: every day is downloaded or empty.',
  incomplete:
    'Incomplete: some days could not be had. Start an export of these days again, or ask Twilio’s support.',
  cancelled: 'Cancelled. What was downloaded before is whole and stays.',
  failed: 'Failed. The failure of the workflow says why and what to do.',
};

const FOOTER =
  'Signals: `checkNow` looks at Twilio now; `cancel` stops, cleans up and keeps what is downloaded ' +
  '(`{"reason": "…", "deleteJob": true}`, all optional). *Terminate* does neither.';

function problemLine({ problem, since, day, jobSid }: ExportProblem): string {
  const about = [day, jobSid && `\`${jobSid}\``].filter(Boolean).join(', ');
  const text =
    problem.length > MAXIMUM_PROBLEM_CHARACTERS
      ? `${problem.slice(0, MAXIMUM_PROBLEM_CHARACTERS)}…`
      : problem;
  return `${about ? `${about}: ` : ''}${text} (since ${since})`;
}

function bar(done: number, total: number): string {
  const filled = Math.floor((done / total) * BAR_CELLS);
  return `\`${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}\``;
}

function entries(counts: Record<string, number>): string[] {
  return Object.entries(counts).flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
}

function list(title: string, items: string[]): string {
  return items.length === 0 ? '' : `${title}: ${items.join(', ')}`;
}

function section(title: string, lines: string[], maximum: number): string {
  if (lines.length === 0) return '';
  const more = lines.length > maximum ? [`… and ${lines.length - maximum} more`] : [];
  return `**${title}**\n\n${[...lines.slice(0, maximum), ...more].map((line) => `- ${line}`).join('\n')}`;
}

function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
