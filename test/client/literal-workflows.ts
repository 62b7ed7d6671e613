/** An `exportJob` that does what the friendly name says: the client's tests need every ending, not the real work. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExportActivities } from '../../activities/api.ts';
import {
  cancelSignal,
  checkNowSignal,
  progressQuery,
  type CancelInput,
  type ExportJobInput,
  type ExportJobResult,
  type ExportProgress,
} from '../../workflows/api.ts';
import { aProgress, aResult, FAULTS } from './samples.ts';

const { watchExportJob, createExportJob } = proxyActivities<{
  watchExportJob: (input: Record<string, never>) => Promise<void>;
  createExportJob: (input: { told: boolean }) => Promise<void>;
}>({ startToCloseTimeout: '10 seconds' }) satisfies Partial<Record<keyof ExportActivities, unknown>>;

export async function exportJob(input: ExportJobInput): Promise<ExportJobResult> {
  const progress: ExportProgress = aProgress('waiting');
  let cancelled: CancelInput | undefined;
  let looks = 0;
  setHandler(progressQuery, () => progress);
  setHandler(cancelSignal, (asked) => {
    cancelled = asked ?? {};
  });
  setHandler(checkNowSignal, () => {
    looks += 1;
  });

  const [ending = '', type = ''] = (input.friendlyName ?? '').split(':');
  switch (ending) {
    case 'complete':
    case 'incomplete':
      return aResult(ending);
    case 'fail': {
      const details = ['ExportIncomplete', 'ExportTimedOut'].includes(type)
        ? [aResult('incomplete')]
        : type === 'InvalidInput'
          ? [{ faults: FAULTS }]
          : [];
      throw ApplicationFailure.create({ type, message: `${type} it is`, nonRetryable: true, details });
    }
    case 'look':
      await watchExportJob({});
      break;
    case 'create':
      await createExportJob({ told: type === 'told' });
      break;
    case 'renew':
      if (workflowInfo().continuedFromExecutionRunId !== undefined) break;
      await condition(() => looks > 0);
      return continueAsNew<typeof exportJob>(input);
    case 'linger':
      await condition(() => looks > 0);
      break;
    case 'break':
      await condition(() => looks > 0);
      progress.phase = 'failed';
      if (type === 'told')
        progress.problems = [
          {
            problem: 'Twilio refuses [not submitted]',
            since: '2026-11-02T10:00:00.000Z',
            day: '2026-10-01..2026-10-02',
          },
        ];
      throw ApplicationFailure.create({
        type: 'ExportRejected',
        message: 'Twilio refuses',
        nonRetryable: true,
      });
    default:
  }
  try {
    await condition(() => cancelled !== undefined || looks > 0);
  } catch (error) {
    await CancellationScope.nonCancellable(() => sleep(1));
    progress.phase = 'cancelled';
    progress.result = aResult('cancelled');
    throw error;
  }
  if (!cancelled) return aResult('complete');
  progress.phase = 'cancelled';
  return {
    ...aResult('cancelled'),
    ...(cancelled.reason !== undefined && { cancelReason: cancelled.reason }),
  };
}
