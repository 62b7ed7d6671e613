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
import { showSections } from './card-sections.ts';
import { asMarkdown, bytesOf, cutMarkdown, formatBytes, formatCount, formatMinute } from './card-words.ts';
import type { ResolvedExportJobInput } from './input.ts';

/** The UI shows up to 20 kB. */
const MAXIMUM_CARD_BYTES = 19_500;

/** What of others stands in a card is cut, each text for itself; the lists share what room is left. */
const MAXIMUM_TEXT_BYTES = 500;
/** The longest key that S3 takes, and its bucket. */
const MAXIMUM_LOCATION_BYTES = 1_200;
const MAXIMUM_JOBS_SHOWN = 20;
const MAXIMUM_PROBLEMS_SHOWN = 12;
const BAR_CELLS = 30;

/** What the progress does not tell. */
export interface CardContext {
  /** Where the days lie that are published, as patterns: see `locationsOf`. */
  files: readonly string[];
  /** When the next days are submitted again; null where none cool down. */
  nextSubmissionAt: Instant | null;
  now: Instant;
}

/** The card of an export as it is now. */
export function cardOf(
  progress: ExportProgress,
  request: ResolvedExportJobInput,
  context: CardContext,
): string {
  const { phase, days, jobs, problems, result } = progress;
  const plans = problems.filter(isByPlan);
  const faults = problems.filter((problem) => !isByPlan(problem));
  const top = [
    `### ${nameOf(request)}`,
    `**${PHASE_SENTENCES[phase]}** ${verdict({ phase, faults, plans, ...context })}`.trim(),
    result?.cancelReason === undefined ? '' : `Reason: ${shortened(result.cancelReason)}`,
    `${extent(progress)}${LINE_BREAK}Days: ${daysByFate(days)}`,
    days.reused > 0 ? `Of these ${days.reused} were there already and cost no quota` : '',
  ].filter(Boolean);
  const bottom = [
    result?.manifest ? `Manifest: ${place(result.manifest)}` : '',
    isRunning(phase) ? FOOTER : '',
  ].filter(Boolean);
  const parts = [...top, ...bottom];
  const room = MAXIMUM_CARD_BYTES - parts.reduce((sum, part) => sum + bytesOf(part + PARAGRAPH), 0);
  const { files } = context;
  const problemSection = { maximumLines: MAXIMUM_PROBLEMS_SHOWN };
  const sections = showSections(
    [
      { title: 'What is wrong, and what to do', lines: faults.map(problemLine), ...problemSection },
      {
        title: 'What it waits for (`checkNow` tries at once)',
        lines: plans.map(problemLine),
        ...problemSection,
      },
      { title: 'Jobs at Twilio', lines: jobLines(jobs, result), maximumLines: MAXIMUM_JOBS_SHOWN },
      { title: 'Not cleaned up', lines: (result?.notCleaned ?? []).map(shortened), ...problemSection },
      {
        title: 'Where the files are',
        lines: files.length === 0 ? [NO_FILES] : files.map(place),
        maximumLines: MAXIMUM_LOCATIONS_SHOWN,
      },
    ],
    room,
  );
  return [...top, ...sections, ...bottom].join(PARAGRAPH);
}

/** The card of an export that ends before it has begun. */
export function cardOfRefusal(message: string): string {
  return `**Refused: nothing was asked of Twilio, and nothing is to be cleaned up.**\n\n${shortened(message)}`;
}

const PARAGRAPH = '\n\n';

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

/** The engine does not carry the summary and the details of a start into a new run: this takes their place. */
function nameOf({ resourceType, account, startDay, endDay, destination }: ResolvedExportJobInput): string {
  const from = account === 'default' ? '' : ` of ${shortened(account)}`;
  return `${resourceType}${from} ${startDay}..${endDay} to ${shortened(destination)}`;
}

/** Days that are lost are no progress: a bar that is full says that all is there. */
function extent({ days, sizeBytes, records }: ExportProgress): string {
  const home = days.downloaded + days.empty;
  const filled = Math.floor((home / days.total) * BAR_CELLS);
  const bar = `\`${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}\``;
  return `${bar} ${home} of ${days.total} days, ${formatBytes(sizeBytes)}, ${formatCount(records)} records`;
}

function daysByFate({ total, downloaded, empty, failed, deleted, byStatus }: ExportProgress['days']): string {
  const open = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  const cancelled = total - downloaded - empty - failed - deleted - open;
  return cutMarkdown(
    [...entries({ downloaded, empty, failed, deleted, cancelled }), ...entries(byStatus)].join(', '),
    MAXIMUM_TEXT_BYTES,
  );
}

/** Whether a person has to do anything: the first thing that somebody wants to know who was woken. */
function verdict({ phase, faults, plans, nextSubmissionAt, now }: Verdict): string {
  if (!isRunning(phase)) return '';
  const [since] = faults.map((problem) => problem.since).toSorted();
  if (since !== undefined) {
    const again =
      nextSubmissionAt === null
        ? ''
        : ` Days go out again by themselves at ${formatMinute(nextSubmissionAt)}.`;
    return `**Not all is well since ${formatMinute(since)}:** see below what is wrong.${again} ${TRIED_AGAIN}`;
  }
  const [resumesAt] = plans.flatMap((plan) => plan.resumesAt ?? []).toSorted();
  const wait = resumesAt === undefined ? '' : ` What waits goes on by itself at ${formatMinute(resumesAt)}.`;
  return `**Nothing is wrong as of ${formatMinute(now)}, and there is nothing to do.**${wait} ${FROM_THEN_ON[phase] ?? FAILS_LATER}`;
}

interface Verdict extends Pick<CardContext, 'nextSubmissionAt' | 'now'> {
  phase: ExportPhase;
  faults: ExportProblem[];
  plans: ExportProblem[];
}

const TRIED_AGAIN = 'What is under way, and when that is tried again, is under Pending Activities.';

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
      cutMarkdown(entries(job.byStatus).join(', '), MAXIMUM_TEXT_BYTES) || 'not looked at yet',
      job.jobQueuePosition === null ? '' : `queue position ${shortened(job.jobQueuePosition)}`,
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

/** Cut once it is escaped: that may double it. */
function shortened(text: string): string {
  return cutMarkdown(asMarkdown(text), MAXIMUM_TEXT_BYTES);
}

function place(location: string): string {
  return `\`${cutMarkdown(location, MAXIMUM_LOCATION_BYTES)}\``;
}

/** `12 Submitted, 3 Running, 15 Completed`; a status may be a word that Twilio has never used before. */
function entries(counts: Record<string, number>): string[] {
  return Object.entries(counts).flatMap(([word, count]) =>
    count > 0 ? [`${count} ${asMarkdown(word)}`] : [],
  );
}
