/** What somebody on call finds: exports that run, are stuck, failed, are to be cancelled, and are finished. */
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportError, type ExportHandle, type ObservedProgress } from '../../client/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { addDays } from '../../workflows/calendar.ts';
import { quickExport, withRealParts } from '../end-to-end/real-parts.ts';

/** How an export can be met. */
export type State = 'running' | 'stuck' | 'failed' | 'cancelled' | 'finished';

/** The exports, each by how it is met; the one to be cancelled still runs. */
export interface Night {
  exports: Record<State, ExportHandle>;
  /** Ends the worker and the simulator. The server keeps what it knows. */
  endWorker: () => Promise<void>;
}

const [firstDay, lastDay] = [quickExport(4).startDay, quickExport(4).endDay];

/** Each state is told from the others by its type or its days. */
const inputs: Record<State, ExportJobInput> = {
  running: inputOf('Messages'),
  stuck: inputOf('Calls'),
  failed: inputOf('Conferences', { resubmit: { maximumAttempts: 1 } }),
  cancelled: inputOf('Participants'),
  finished: inputOf('Messages', { startDay: addDays(firstDay, -4), endDay: addDays(firstDay, -1) }),
};

/** The days of which each export has. */
export const rangeOf = (state: State) => `${inputs[state].startDay}..${inputs[state].endDay}`;

const soon = { status: 'Submitted', for: '1 minute' };
const script: SimulatorScript = {
  life: { submitted: '1 minute', running: '1 minute' },
  days: [
    { resourceType: 'Messages', days: lastDay, statuses: [soon, { status: 'Running' }] },
    { resourceType: 'Calls', statuses: [soon, { status: 'Running' }] },
    { resourceType: 'Conferences', days: lastDay, statuses: [soon, { status: 'Failed' }] },
    { resourceType: 'Participants', statuses: [soon, { status: 'Running' }] },
  ],
};

/** Brings each export to where it is met. */
export async function beginNight(env: TestWorkflowEnvironment): Promise<Night> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return await new Promise<Night>((resolve, reject) => {
    const over = withRealParts(env, { simulator: { script } }, async ({ exports: client, simulator }) => {
      const started = Object.entries(inputs).map(
        async ([state, input]) => [state, await client.startExport(input)] as const,
      );
      const exports = Object.fromEntries(await Promise.all(started)) as Night['exports'];
      const { running, stuck, failed, finished } = exports;
      await until(async () => {
        await stuck.checkNow();
        return isLookedAt(await stuck.progress());
      });
      simulator.faults.add({ kind: 'status401', operation: 'fetchJob', resourceType: 'Calls' });
      await until(async () => {
        await stuck.checkNow();
        return (await stuck.progress()).problems.some(({ jobSid }) => jobSid !== undefined);
      });
      await until(async () => {
        await running.checkNow();
        return (await running.progress()).days.done === 3;
      });
      await Promise.all([failed, finished].map(untilOver));
      const endWorker = async () => {
        end();
        await over;
      };
      resolve({ exports, endWorker });
      await ended;
    });
    over.catch(reject);
  });
}

/** How far it is has to be known before it is stuck. */
function isLookedAt(progress: ObservedProgress): boolean {
  return progress.source === 'workflow' && progress.days.byStatus['Running'] === 4;
}

async function untilOver(handle: ExportHandle): Promise<void> {
  await until(async () => {
    if ((await handle.describe()).closeTime) return true;
    await handle.checkNow().catch((error: unknown) => {
      if (!(error instanceof ExportError)) throw error;
    });
    return false;
  });
}

function inputOf(resourceType: ExportJobInput['resourceType'], more: Partial<ExportJobInput> = {}) {
  const poll = { minimumInterval: '1 second', maximumInterval: '15 minutes' } as const;
  return quickExport(4, { resourceType, poll, ...more });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(100);
}
