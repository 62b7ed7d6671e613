/**
 * The phases in which an export can be met. A script holds the export there for as long as it is the same run, and
 * lets it come to its end in a new one.
 */
import { Context } from '@temporalio/activity';
import type { ExportJobInput, ExportProgress } from '../../workflows/api.ts';
import { type ExportHandle, inputOf } from './export-env.ts';
import { all, fail, type LiteralJob, type Look, type Script, untilCancelled } from './literal-activities.ts';
import { tell } from './new-run.ts';

/** Whether an export has come to where something is done to it. Asked again and again. */
export type Condition = (progress: ExportProgress, handle: ExportHandle) => boolean | Promise<boolean>;

/** How an export comes to a phase. */
export interface Phase {
  /** Default: two days. */
  input?: ExportJobInput;
  script: Script;
  /** Whether it is there. */
  when: Condition;
  /** What brings it on from there in a new run. Default: the new run itself. */
  goOn?: (handle: ExportHandle) => Promise<unknown>;
}

/** Each with a state of its own. */
export const phases = {
  'looking-for-days': () => {
    let isAsked = false;
    return {
      when: () => isAsked,
      script: {
        reuse: async () => {
          if (isAsked) return { published: [], available: [] };
          isAsked = true;
          return await untilCancelled();
        },
        looks: completeAtOnce,
      },
    };
  },
  creating: () => {
    let isAsked = false;
    return {
      when: () => isAsked,
      script: {
        create: async () => {
          if (isAsked) return;
          isAsked = true;
          await untilCancelled();
        },
        looks: completeAtOnce,
      },
    };
  },
  'creating-again': () => {
    const isFirstRun = rememberFirstRun();
    return {
      when: (_, handle) => isBackingOff(handle, 'createExportJob'),
      script: {
        create: () => {
          if (isFirstRun()) throw fail('TwilioUnavailable', 'Twilio answered 503');
        },
        looks: completeAtOnce,
      },
    };
  },
  waiting: () => ({
    when: showsStatus('Running'),
    script: {
      looks: (job) => [
        { statuses: all(job, 'Running') },
        { after: '1 hour', statuses: all(job, 'Completed') },
      ],
    },
  }),
  downloading: () => {
    let isAsked = false;
    return {
      when: () => isAsked,
      script: {
        looks: (job) => [
          { statuses: { ...all(job, 'Running'), [job.days[0]!]: 'Completed' } },
          { after: '1 hour', statuses: all(job, 'Completed') },
        ],
        download: async () => {
          if (isAsked) return undefined;
          isAsked = true;
          return await untilCancelled();
        },
      },
    };
  },
  'waiting-for-quota': () => {
    let refusals = 0;
    return {
      when: ({ phase }) => phase === 'waitingForQuota',
      script: {
        create: () => {
          if (refusals++ === 0)
            throw fail('QuotaExhausted', 'no more days today', { retryAfterMs: 36_000_000 });
        },
        looks: completeAtOnce,
      },
      goOn: (handle) => tell(handle, 'checkNow'),
    };
  },
  'cooling-down': () => ({
    when: showsStatus('NotSubmitted', 'Failed'),
    script: { looks: (job) => [{ statuses: all(job, job.submission === 1 ? 'Failed' : 'Completed') }] },
  }),
} satisfies Record<string, () => Phase>;

/** Phases of which a cancel would make nothing new. */
export const doubtfulPhases = {
  'the-answer-to-a-create-is-lost': () => {
    const isFirstRun = rememberFirstRun();
    return {
      when: (_, handle) => isBackingOff(handle, 'createExportJob'),
      script: {
        // Nor can this run find the job that it made.
        create: (_, attempt) => {
          if (isFirstRun() && attempt > 1) throw fail('TwilioUnavailable', 'Twilio answered 503');
        },
        answerCreate: () => {
          if (isFirstRun()) throw fail('TwilioUnavailable', 'the answer was lost');
        },
        looks: completeAtOnce,
      },
    };
  },
  'the-answer-to-a-delete-is-lost': () => {
    const isFirstRun = rememberFirstRun();
    return {
      input: inputOf(2, { errorPatience: '1 second', resubmit: { cooldown: 0 } }),
      when: (_, handle) => isBackingOff(handle, 'deleteExportJob'),
      script: {
        looks: (job) => [
          {
            statuses: {
              ...all(job, 'Completed'),
              ...(job.submission === 1 && { [job.days[0]!]: 'ErrorDuringRun' }),
            },
          },
        ],
        answerDelete: () => {
          if (isFirstRun()) throw fail('TwilioUnavailable', 'the answer was lost');
        },
      },
    };
  },
} satisfies Record<string, () => Phase>;

/** Whether days of an export with a job have one of these statuses. */
export function showsStatus(...statuses: string[]): Condition {
  return ({ days, jobs }) =>
    jobs.length > 0 && Object.keys(days.byStatus).some((status) => statuses.includes(status));
}

/** For a script: whether the activity that asks is of the run that asked first. */
function rememberFirstRun(): () => boolean {
  let first: string | undefined;
  return () => {
    const runId = Context.current().info.workflowExecution?.runId;
    first ??= runId;
    return runId === first;
  };
}

/** Whether an activity of this type waits for its next attempt. */
async function isBackingOff(handle: ExportHandle, type: string): Promise<boolean> {
  const { pendingActivities } = (await handle.describe()).raw;
  return (pendingActivities ?? []).some(
    ({ activityType, lastFailure, attempt }) =>
      activityType?.name === type && lastFailure && (attempt ?? 0) > 1,
  );
}

function completeAtOnce(job: LiteralJob): Look[] {
  return [{ statuses: all(job, 'Completed') }];
}
