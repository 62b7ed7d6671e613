/** The Markdown card that an operator reads on the workflow's page ("User Metadata", current details). Pure. */
import type {
  ExportJobProgress,
  ExportJobResult,
  ExportPhase,
  ExportProblem,
  ExportProgress,
  Instant,
  JobFate,
} from './api.ts';
import { formatRange } from './calendar.ts';
import { asMarkdown, formatBytes, formatCount, formatMinute } from './card-words.ts';
import type { ResolvedExportJobInput } from './input.ts';

/** The UI shows up to 20 kB; these limits keep the card of 366 days far below it. */
const MAXIMUM_JOBS_SHOWN = 20;
const MAXIMUM_PROBLEMS_SHOWN = 12;
const MAXIMUM_PROBLEM_CHARACTERS = 500;
const BAR_CELLS = 30;

/** What the progress does not tell. */
export interface CardContext {
  /** Where the days lie that are published, as patterns: see `locationsOf`. */
  files: readonly string[];
  now: Instant;
}

/** The card of an export as it is now. */
export function cardOf(
  progress: ExportProgress,
  request: ResolvedExportJobInput,
  { files, now }: CardContext,
): string {
  const { phase, days, jobs, problems, result } = progress;
  // The engine does not carry the summary and the details of a start into a new run: this line takes their place.
  const from = request.account === 'default' ? '' : ` of ${request.account}`;
  const done = days.downloaded + days.empty + days.failed + days.deleted;
  const open = Object.values(days.byStatus).reduce((sum, count) => sum + count, 0);
  const { downloaded, empty, failed, deleted } = days;
  const cancelled = days.total - done - open;
  const plans = problems.filter(isByPlan);
  const faults = problems.filter((problem) => !isByPlan(problem));
  return [
    `### ${request.resourceType}${from} ${request.startDay}..${request.endDay} to ${request.destination}`,
    `**${PHASE_SENTENCES[phase]}** ${verdict({ phase, faults, plans, now })}`.trim(),
    result?.cancelReason === undefined ? '' : `Reason: ${shortened(result.cancelReason)}`,
    `${bar(done, days.total)} ${done} of ${days.total} days, ${formatBytes(progress.sizeBytes)}, ` +
      `${formatCount(progress.records)} records${LINE_BREAK}` +
      `Days: ${[...entries({ downloaded, empty, failed, deleted, cancelled }), ...entries(days.byStatus)].join(', ')}`,
    days.reused > 0 ? `Of these ${days.reused} were there already and cost no quota` : '',
    section('What is wrong, and what to do', faults.map(problemLine), MAXIMUM_PROBLEMS_SHOWN),
    section('What it waits for (`checkNow` tries at once)', plans.map(problemLine), MAXIMUM_PROBLEMS_SHOWN),
    section('Jobs at Twilio', jobLines(jobs, result), MAXIMUM_JOBS_SHOWN),
    section('Not cleaned up', (result?.notCleaned ?? []).map(shortened), MAXIMUM_PROBLEMS_SHOWN),
    section(
      'Where the files are',
      files.length === 0 ? [NO_FILES] : files.map((file) => `\`${file}\``),
      MAXIMUM_LOCATIONS_SHOWN,
    ),
    result?.manifest ? `Manifest: \`${result.manifest}\`` : '',
    isRunning(phase) ? FOOTER : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** The card of an export that ends before it has begun. */
export function cardOfRefusal(message: string): string {
  return `**Refused: nothing was asked of Twilio, and nothing is to be cleaned up.**\n\n${shortened(message)}`;
}

/** In Markdown; a paragraph would take the room of three lines. */
const LINE_BREAK = '  \n';

const NO_FILES = 'No day is in the destination so far';

/** With a placeholder for the day those of an export are one, unless a storage names its files otherwise. */
const MAXIMUM_LOCATIONS_SHOWN = 3;

const PHASE_SENTENCES: Record<ExportPhase, string> = {
  creating: 'Looking for days that are there already, and asking Twilio for the others.',
  waiting: 'Waiting for Twilio.',
  downloading: 'Downloading the days that are ready; looks for the others go on.',
  waitingForQuota: 'Waiting until Twilio takes days again: the quota of this UTC day is spent.',
  cleaning: 'Every day has its outcome. Cleaning up.',
  complete: 'Complete: every day is downloaded or empty. There is nothing to do.',
  incomplete:
    'Incomplete: some days could not be had. Start an export of these days again, or ask Twilio’s support.',
  cancelled:
    'Cancelled. What was downloaded before is whole and stays: started again, an export of these days asks for the others.',
  failed: 'Failed. The failure of the workflow (Result, on the tab Timeline) says why and what to do.',
};

const FOOTER =
  'Signals (More Actions, Send a Signal): `checkNow` looks at Twilio now; `cancel` stops, cleans up and keeps what is ' +
  'downloaded (`{"reason": "…", "deleteJob": true}`, all optional). *Terminate* does neither.';

/** Whether a person has to do anything: the first thing that somebody wants to know who was woken. */
function verdict({ phase, faults, plans, now }: Verdict): string {
  if (!isRunning(phase)) return '';
  const [since] = faults.map((problem) => problem.since).toSorted();
  if (since !== undefined)
    return `**Not all is well since ${formatMinute(since)}:** see below what is wrong, and Pending Activities for when it is tried again.`;
  const [resumesAt] = plans.flatMap((plan) => plan.resumesAt ?? []).toSorted();
  const wait = resumesAt === undefined ? '' : ` What waits goes on by itself at ${formatMinute(resumesAt)}.`;
  return `**Nothing is wrong as of ${formatMinute(now)}, and there is nothing to do.**${wait} ${FROM_THEN_ON[phase] ?? FAILS_LATER}`;
}

interface Verdict extends Pick<CardContext, 'now'> {
  phase: ExportPhase;
  faults: ExportProblem[];
  plans: ExportProblem[];
}

/** A card changes when something has happened: what fails since then it may not know. */
const FAILS_LATER =
  'What fails again and again for more than some minutes will stand here; what crashes or is paused stands under Pending ' +
  'Activities alone, as does what is under way, what it said last, and when it is tried again.';

const FROM_THEN_ON: Partial<Record<ExportPhase, string>> = {
  cleaning:
    'It takes an hour at most, and what can not be cleaned will stand here; what is under way is under Pending Activities.',
};

/** A wait with a known end is no sign of trouble. */
function isByPlan({ resumesAt }: ExportProblem): boolean {
  return resumesAt !== undefined;
}

function isRunning(phase: ExportPhase): boolean {
  return !['complete', 'incomplete', 'cancelled', 'failed'].includes(phase);
}

/** The newest first: it has the days that are still open. */
function jobLines(jobs: ExportJobProgress[], result: ExportJobResult | null): string[] {
  const fateOf = new Map(result?.jobs.map(({ jobSid, fate }) => [jobSid, fate]));
  return jobs.toReversed().map((job) => {
    const fate = fateOf.get(job.jobSid);
    const hints = [
      entries(job.byStatus).join(', ') || 'not looked at yet',
      job.jobQueuePosition === null ? '' : `queue position ${job.jobQueuePosition}`,
      job.estimatedCompletionTime === null ? '' : `estimated ${formatMinute(job.estimatedCompletionTime)}`,
      job.asOf === null ? '' : `as of ${formatMinute(job.asOf)}`,
      fate === undefined ? '' : FATE_WORDS[fate],
    ];
    return `\`${job.jobSid}\` ${formatRange(job)}: ${hints.filter(Boolean).join('; ')}`;
  });
}

const FATE_WORDS: Record<JobFate, string> = {
  deleted: 'then deleted',
  alreadyGone: 'then gone',
  notDeletable: 'not deletable, as it is over',
  kept: 'kept, as it was asked for',
  unknown: '**it may still run**',
};

function problemLine({ problem, since, day, jobSid }: ExportProblem): string {
  const isNamed = jobSid !== undefined && problem.includes(jobSid);
  const about = [day, jobSid && !isNamed && `\`${jobSid}\``].filter(Boolean).join(', ');
  return `${about ? `${about}: ` : ''}${shortened(problem)} (since ${formatMinute(since)})`;
}

function shortened(text: string): string {
  const isLong = text.length > MAXIMUM_PROBLEM_CHARACTERS;
  return asMarkdown(isLong ? `${text.slice(0, MAXIMUM_PROBLEM_CHARACTERS)}…` : text);
}

function bar(done: number, total: number): string {
  const filled = Math.floor((done / total) * BAR_CELLS);
  return `\`${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}\``;
}

/** `12 Submitted, 3 Running, 15 Completed`; a status may be a word that Twilio has never used before. */
function entries(counts: Record<string, number>): string[] {
  return Object.entries(counts).flatMap(([word, count]) =>
    count > 0 ? [`${count} ${asMarkdown(word)}`] : [],
  );
}

function section(title: string, lines: string[], maximum: number): string {
  if (lines.length === 0) return '';
  const more = lines.length > maximum ? [`… and ${lines.length - maximum} more`] : [];
  return `**${title}**\n\n${[...lines.slice(0, maximum), ...more].map((line) => `- ${line}`).join('\n')}`;
}
