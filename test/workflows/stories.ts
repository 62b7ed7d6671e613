/**
 * One export for each way in which an export can end, and for each phase in which it can be cancelled. They are
 * played on a real clock: `record-histories` keeps their histories, and the replay tests hold the workflow to them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { ExportActivities } from '../../activities/api.ts';
import { describeAtStart, initialSearchAttributes } from '../../client/start-options.ts';
import type { ExportJobInput, ExportProgress } from '../../workflows/api.ts';
import { countDays } from '../../workflows/calendar.ts';
import type { exportJob } from '../../workflows/export-job.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { endOf, type ExportHandle, inputOf, readFailure } from './export-env.ts';
import { all, downloaded, fail, LiteralTwilio, type Script, untilCancelled } from './literal-activities.ts';

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
}

/** Whether an export has come to where something is done to it. Asked again and again. */
type Condition = (progress: ExportProgress, handle: ExportHandle) => boolean | Promise<boolean>;

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
};

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

/** The phases in which a cancel may come, and how a cancel in it ends. */
function cancelledInEachPhase(): Record<string, () => Story> {
  const phases: Record<string, () => Omit<Story, 'ends' | 'act'> & { when: Condition }> = {
    creating: () => {
      let isAsked = false;
      return {
        when: () => isAsked,
        script: {
          create: async () => {
            isAsked = true;
            await untilCancelled();
          },
        },
      };
    },
    'creating-again': () => ({
      when: (_, handle) => isBackingOff(handle),
      script: {
        create: () => {
          throw fail('TwilioUnavailable', 'Twilio answered 503');
        },
      },
    }),
    waiting: () => ({
      when: showsStatus('Running'),
      script: { looks: (job) => [{ statuses: all(job, 'Running') }] },
    }),
    downloading: () => {
      let isAsked = false;
      return {
        when: () => isAsked,
        script: {
          looks: (job) => [{ statuses: { ...all(job, 'Running'), [job.days[0]!]: 'Completed' } }],
          download: async () => {
            isAsked = true;
            return await untilCancelled();
          },
        },
      };
    },
    'waiting-for-quota': () => ({
      when: ({ phase }) => phase === 'waitingForQuota',
      script: {
        create: () => {
          throw fail('QuotaExhausted', 'no more days today', { retryAfterMs: 36_000_000 });
        },
      },
    }),
    'cooling-down': () => ({
      when: showsStatus('NotSubmitted', 'Failed'),
      script: { looks: (job) => [{ statuses: all(job, 'Failed') }] },
    }),
    cleaning: () => ({
      when: ({ phase }) => phase === 'cleaning',
      script: { looks: (job) => [{ statuses: all(job, 'Completed') }] },
      cleaningWaits: true,
    }),
  };
  return Object.fromEntries(
    Object.entries(phases).flatMap(([phase, tell]) =>
      (['signal', 'engine'] as const).map((way) => {
        const story = (): Story => {
          const { when, ...rest } = tell();
          const ends = way === 'signal' ? 'cancelled' : 'CancelledFailure';
          // After the last day has its outcome a cancel changes nothing.
          return {
            ...rest,
            ends: phase === 'cleaning' ? 'complete' : ends,
            act: { when, what: cancels[way] },
          };
        };
        return [`cancelled-while-${phase}-by-${way}`, story] as const;
      }),
    ),
  );
}

const cancels = {
  signal: (handle: ExportHandle) => handle.signal('cancel', { reason: 'not needed' }),
  engine: (handle: ExportHandle) => handle.cancel(),
};

/** Whether an activity of it waits for its next attempt. */
async function isBackingOff(handle: ExportHandle): Promise<boolean> {
  const { pendingActivities } = (await handle.describe()).raw;
  return (pendingActivities ?? []).some(({ lastFailure, attempt }) => lastFailure && (attempt ?? 0) > 1);
}

function showsStatus(...statuses: string[]): Condition {
  return ({ days, jobs }) =>
    jobs.length > 0 && Object.keys(days.byStatus).some((status) => statuses.includes(status));
}

function untilActed(literal: ExportActivities, acted: AbortSignal): ExportActivities {
  return {
    ...literal,
    sweepExportFiles: async (input) => {
      while (!acted.aborted) await pause(20);
      await literal.sweepExportFiles(input);
    },
  };
}
