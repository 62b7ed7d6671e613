/**
 * One export for each way in which an export can end, and for each phase in which it can be cancelled or can go on in
 * a new run. They are
 * played on a real clock: `record-histories` keeps their histories, and the replay tests hold the workflow to them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { ExportActivities } from '../../activities/api.ts';
import { describeAtStart, initialSearchAttributes } from '../../client/start-options.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { countDays } from '../../workflows/calendar.ts';
import type { exportJob } from '../../workflows/export-job.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { endOf, type ExportHandle, inputOf, readFailure } from './export-env.ts';
import { all, downloaded, fail, LiteralTwilio, type Script } from './literal-activities.ts';
import { runIdsOf, toNewRun } from './new-run.ts';
import { type Condition, doubtfulPhases, type Phase, phases, showsStatus } from './phases.ts';

/** How one export goes. */
export interface Story {
  script?: Script;
  /** Default: two days. */
  input?: ExportJobInput;
  /** A start with a delay stands for a worker that is not there yet. */
  startDelay?: '2 seconds';
  /** What somebody does to it once it has come so far. */
  act?: { when: Condition; what: (handle: ExportHandle) => Promise<unknown> };
  /** Holds the clean-up until `act` is over. */
  cleaningWaits?: boolean;
  /** The outcome, or the type of the failure. */
  ends: string;
  /** In how many runs. Default: 1. */
  runs?: number;
}

/** Each with a state of its own. A story's name is that of its history. */
export const stories: Record<string, () => Story> = {
  complete: () => ({
    ends: 'complete',
    script: { looks: (job) => [{ statuses: all(job, 'Running') }, { statuses: all(job, 'Completed') }] },
  }),
  'complete-with-empty-days': () => ({
    ends: 'complete',
    input: inputOf(3),
    script: {
      looks: (job) => [{ statuses: { ...all(job, 'CompletedEmptyRecords'), [job.days[0]!]: 'Completed' } }],
    },
  }),
  'complete-without-deleting-the-job': () => ({
    ends: 'complete',
    input: inputOf(1, { deleteJob: false }),
    script: { looks: (job) => [{ statuses: all(job, 'Completed') }] },
  }),
  'complete-after-submitting-again': () => ({
    ends: 'complete',
    input: inputOf(4, { resubmit: { cooldown: '1 second' } }),
    script: {
      looks: (job) => [
        {
          statuses: {
            ...all(job, 'Completed'),
            ...(job.submission === 1 && { [job.days[0]!]: 'Failed', [job.days[2]!]: 'Failed' }),
          },
        },
      ],
    },
  }),
  'complete-after-one-day-at-a-time': () => ({
    ends: 'complete',
    input: inputOf(3, { resubmit: { cooldown: 0 } }),
    script: {
      looks: (job) => [
        job.submission === 1
          ? { over: true, statuses: { [job.days[0]!]: 'Completed' } }
          : { statuses: all(job, 'CompletedEmptyRecords') },
      ],
    },
  }),
  'complete-after-a-stuck-day': () => ({
    ends: 'complete',
    input: inputOf(2, { errorPatience: '1 second', resubmit: { cooldown: 0 } }),
    script: {
      looks: (job) => [
        {
          statuses: {
            ...all(job, 'Completed'),
            ...(job.submission === 1 && { [job.days[0]!]: 'ErrorDuringRun' }),
          },
        },
      ],
    },
  }),
  'complete-after-an-untold-day': () => ({
    ends: 'complete',
    input: inputOf(2, { errorPatience: '1 second', resubmit: { cooldown: 0 } }),
    script: {
      looks: (job) => [
        job.submission === 1
          ? { statuses: { [job.days[0]!]: 'Completed' } }
          : { statuses: all(job, 'Completed') },
      ],
      delete: (jobSid) => (jobSid.endsWith('1') ? 'notDeletable' : 'deleted'),
    },
  }),
  'complete-after-lasting-troubles': () => ({
    ends: 'complete',
    script: {
      create: ({ toldOf }) => {
        if (toldOf === null) throw fail('StillTrying', 'Twilio answered 503', 'TwilioUnavailable');
      },
      looks: (job) => [{ statuses: all(job, 'Completed') }],
      download: ({ toldOf, day }) => {
        if (toldOf === null) throw fail('StillTrying', 'the disk is full', 'StorageUnavailable');
        return downloaded(day);
      },
    },
  }),
  'complete-after-corrupt-files': () => {
    const input = inputOf(2, { resubmit: { cooldown: 0 } });
    return {
      ends: 'complete',
      input,
      script: {
        looks: (job) => [{ statuses: all(job, 'Completed') }],
        download: ({ day }, time) => {
          if (day === input.startDay && time <= 3) throw fail('DayFileCorrupt', 'the file is not whole');
          return downloaded(day);
        },
      },
    };
  },
  'complete-after-an-expired-file': () => ({
    ends: 'complete',
    input: inputOf(1, { resubmit: { cooldown: 0 } }),
    script: {
      looks: (job) => [{ statuses: all(job, 'Completed') }],
      download: ({ day }, time) => {
        if (time === 1) throw fail('DayNotAvailable', 'Twilio answered 404');
        return downloaded(day);
      },
    },
  }),
  'complete-after-the-quota': () => {
    let refusals = 0;
    return {
      ends: 'complete',
      script: {
        create: () => {
          if (refusals++ === 0) throw fail('QuotaExhausted', 'no more days today', { retryAfterMs: 1_000 });
        },
        looks: (job) => [{ statuses: all(job, 'Completed') }],
      },
    };
  },
  'complete-after-check-now': () => ({
    ends: 'complete',
    input: inputOf(1, { poll: { minimumInterval: '1 second' } }),
    script: {
      looks: (job) => [
        { statuses: all(job, 'Running') },
        { after: '1 hour', statuses: all(job, 'Completed') },
      ],
    },
    act: {
      when: showsStatus('Running'),
      what: (handle) => Promise.all([handle.signal('checkNow'), handle.signal('checkNow')]),
    },
  }),
  incomplete: () => ({
    ends: 'ExportIncomplete',
    input: inputOf(2, { resubmit: { maximumAttempts: 2, cooldown: 0 } }),
    script: { looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[0]!]: 'Failed' } }] },
  }),
  'incomplete-and-allowed': () => ({
    ends: 'incomplete',
    input: inputOf(2, { allowIncomplete: true }),
    script: {
      looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[0]!]: 'DeletedByUserRequest' } }],
    },
  }),
  'incomplete-as-the-job-vanished': () => ({
    ends: 'ExportIncomplete',
    script: {
      looks: (job) => [
        { statuses: { [job.days[0]!]: 'Completed', [job.days[1]!]: 'Running' } },
        { gone: true, statuses: { [job.days[0]!]: 'Completed' } },
      ],
    },
  }),
  'incomplete-as-the-second-create-was-refused': () => ({
    ends: 'ExportIncomplete',
    input: inputOf(2, { resubmit: { cooldown: 0 } }),
    script: {
      create: ({ submission }) => {
        if (submission > 1) throw fail('ExportRejected', 'Twilio answered 400');
      },
      looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[0]!]: 'Failed' } }],
    },
  }),
  'incomplete-as-a-stuck-job-stayed': () => ({
    ends: 'ExportIncomplete',
    input: inputOf(1, { errorPatience: '1 second' }),
    script: { looks: (job) => [{ statuses: all(job, 'ErrorDuringRun') }], delete: () => 'notDeletable' },
  }),
  'timed-out': () => ({
    ends: 'ExportTimedOut',
    input: inputOf(2, { timeout: '2 seconds' }),
    script: { looks: (job) => [{ statuses: { ...all(job, 'Completed'), [job.days[1]!]: 'Running' } }] },
  }),
  'refused-at-create': () => ({
    ends: 'ExportRejected',
    script: {
      create: () => {
        throw fail('ExportRejected', 'Twilio answered 400');
      },
    },
  }),
  'refused-input': () => ({
    ends: 'InvalidInput',
    input: inputOf(2, { maxConcurrentDownloads: 51 }),
  }),
  'cancelled-before-the-first-task-by-signal': () => ({
    ends: 'cancelled',
    startDelay: '2 seconds',
    act: { when: () => true, what: cancels.signal },
  }),
  'cancelled-before-the-first-task-by-engine': () => ({
    ends: 'CancelledFailure',
    startDelay: '2 seconds',
    act: { when: () => true, what: cancels.engine },
  }),
  ...cancelledInEachPhase(),
  ...continuedInEachPhase(),
};

/** In how many runs a story is played: where it is more than one, on a dev server that suggests a new run early. */
export function runsOf(name: string): number {
  return stories[name]!().runs ?? 1;
}

/** The names of the histories of a story, one for each run. */
export function historiesOf(name: string): string[] {
  const runs = runsOf(name);
  return runs === 1 ? [name] : Array.from({ length: runs }, (_, at) => `${name}-run-${at + 1}`);
}

/** Where a story is played. */
export interface Stage {
  env: TestWorkflowEnvironment;
  workflowBundle: WorkflowBundleOption;
  /** 0: the worker forgets each export after each task, and replays it for the next one. */
  maxCachedWorkflows?: number;
}

/**
 * Plays a story to its end, with a worker of its own and started as the typed client does.
 *
 * @throws Error where it does not end as it says.
 */
export async function play(name: string, stage: Stage): Promise<ExportHandle> {
  const story = stories[name]!();
  const { env, workflowBundle, maxCachedWorkflows } = stage;
  const twilio = new LiteralTwilio(story.script);
  const curtain = new AbortController();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue: name,
    activities: story.cleaningWaits ? untilActed(twilio.activities(), curtain.signal) : twilio.activities(),
    workflowBundle,
    maxCachedWorkflows,
    // A thread takes a moment to load the bundle, and one export needs one.
    workflowThreadPoolSize: 1,
    maxHeartbeatThrottleInterval: '100 milliseconds',
  });
  const limit = new AbortController();
  const isLate = pause(PATIENCE_MS, undefined, { signal: limit.signal }).then(async () => {
    await env.client.workflow.getHandle(name).terminate();
    throw new Error(`Story ${name}: expected it to end ${story.ends}, got no end in ${PATIENCE_MS} ms.`);
  });
  return await worker.runUntil(async () => {
    try {
      return await Promise.race([actOut(name, story, env.client, curtain), isLate]);
    } finally {
      isLate.catch(() => {});
      limit.abort();
    }
  });
}

/** Far more than any story takes: a workflow whose tasks fail has no end. */
const PATIENCE_MS = 25_000;

async function actOut(
  name: string,
  story: Story,
  client: Client,
  curtain: AbortController,
): Promise<ExportHandle> {
  const handle = await start(name, story, client);
  if (story.act) {
    const { when, what } = story.act;
    while (story.startDelay === undefined && !(await when(await handle.query('progress'), handle)))
      await pause(20);
    await what(handle);
    curtain.abort();
  }
  const { result, failure } = await endOf(handle);
  const ended = result?.outcome ?? readFailure(failure).type;
  if (ended !== story.ends)
    throw new Error(`Story ${name}: expected it to end ${story.ends}, got ${ended} (${failure?.message}).`);
  const runs = (await runIdsOf(client, handle)).length;
  if (runs !== runsOf(name)) throw new Error(`Story ${name}: expected ${runsOf(name)} runs, got ${runs}.`);
  return handle;
}

async function start(name: string, story: Story, client: Client): Promise<ExportHandle> {
  const input = story.input ?? inputOf(2);
  // What a refused input would have been, for its texts alone.
  const resolved = parseExportJobInput({ ...input, maxConcurrentDownloads: 4 }, Date.now());
  return await client.workflow.start<typeof exportJob>('exportJob', {
    taskQueue: name,
    workflowId: name,
    args: [input],
    startDelay: story.startDelay,
    ...describeAtStart(resolved),
    typedSearchAttributes: initialSearchAttributes(resolved, countDays(input.startDay, input.endDay)),
  });
}

/** How a cancel ends in each phase in which it may come. */
function cancelledInEachPhase(): Record<string, () => Story> {
  const cancelled: Record<string, () => Phase & { cleaningWaits?: boolean }> = {
    ...phases,
    cleaning: () => ({
      when: ({ phase }) => phase === 'cleaning',
      script: { looks: (job) => [{ statuses: all(job, 'Completed') }] },
      cleaningWaits: true,
    }),
  };
  return Object.fromEntries(
    Object.entries(cancelled).flatMap(([phase, tell]) =>
      (['signal', 'engine'] as const).map((way) => {
        const story = (): Story => {
          const { when, input, script, cleaningWaits } = tell();
          const ends = way === 'signal' ? 'cancelled' : 'CancelledFailure';
          // After the last day has its outcome a cancel changes nothing.
          return {
            input,
            script,
            cleaningWaits,
            ends: phase === 'cleaning' ? 'complete' : ends,
            act: { when, what: cancels[way] },
          };
        };
        return [`cancelled-while-${phase}-by-${way}`, story] as const;
      }),
    ),
  );
}

/** The end in a new run, which begins in each phase in which it may. */
function continuedInEachPhase(): Record<string, () => Story> {
  return Object.fromEntries(
    Object.entries<() => Phase>({ ...phases, ...doubtfulPhases }).map(([phase, tell]) => {
      const story = (): Story => {
        const { when, input, script, goOn } = tell();
        const what = async (handle: ExportHandle) => {
          await toNewRun(handle);
          await goOn?.(handle);
        };
        return { input: input ?? quickInput, script, ends: 'complete', runs: 2, act: { when, what } };
      };
      return [`continued-while-${phase}`, story] as const;
    }),
  );
}

const quickInput = inputOf(2, { poll: { minimumInterval: '1 second' }, resubmit: { cooldown: '2 seconds' } });

const cancels = {
  signal: (handle: ExportHandle) => handle.signal('cancel', { reason: 'not needed' }),
  engine: (handle: ExportHandle) => handle.cancel(),
};

function untilActed(literal: ExportActivities, acted: AbortSignal): ExportActivities {
  return {
    ...literal,
    sweepExportFiles: async (input) => {
      while (!acted.aborted) await pause(20);
      await literal.sweepExportFiles(input);
    },
  };
}
