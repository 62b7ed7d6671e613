import { setTimeout } from 'node:timers/promises';
import type { createClosers } from '../../cli/demo/closers.ts';
import type { FaultScript } from '../../simulator/index.ts';
import type { Evidence } from './check/evidence.ts';
import { readDisk } from './check/read-disk.ts';
import { driveExport } from './drive-export.ts';
import type { PlannedExport } from './plan.ts';
import { reapLeftovers } from './reap-leftovers.ts';
import { type Stage, TASK_QUEUE } from './stage.ts';

/** Longer than any fault delays a request, and than a job that is being deleted lives on. */
const QUIET_MS = 1_500;

/** A whole export of one day takes seconds. The check tells of one that still runs. */
const LAST_LIMIT_MS = 120_000;

/** Lost answers are what a reaper has to stand; most of Twilio's other trouble is over by then. */
const LATE_FAULTS: readonly FaultScript[] = [
  { kind: 'status503', operation: 'listJobs', rate: 0.02 },
  { kind: 'resetAfter', operation: 'deleteJob', rate: 0.3 },
];

/**
 * What terminated exports have left is removed, at Twilio by the reaper and in the destination by the next export that
 * comes by. All others are closed and no worker runs; where the run was given up, those that are `open` go on meanwhile.
 */
export async function tidyUp(
  stage: Stage,
  open: readonly PlannedExport[],
  close: ReturnType<typeof createClosers>['add'],
): Promise<Pick<Evidence, 'openAtLimit' | 'reaping' | 'leftBeforeLast' | 'leftOnTheWay'>> {
  const { simulator, client, evidence, store } = stage;
  const worker = stage.startLastWorker();
  close('the last worker', worker.stop);
  // What was sent by a worker that was killed may still be carried out; what is being deleted takes a moment.
  await setTimeout(QUIET_MS);
  const leftBeforeLast = [...(await readDisk(evidence.destination)).keys(), ...(await store.filesOnTheWay())];

  simulator.faults.clear();
  for (const fault of LATE_FAULTS) simulator.faults.add(fault);
  const undisturbed = { hasLiveJob: () => false, hasFiles: () => false, now: () => '' };
  const driving = driveExport({ client, taskQueue: TASK_QUEUE, ...undisturbed }, stage.last);
  const limit = setTimeout(LAST_LIMIT_MS, undefined, { ref: false });
  const [reaping] = await Promise.all([reapLeftovers(stage, open), Promise.race([driving, limit])]);
  await worker.stop();
  const leftOnTheWay = [...(await store.openUploads()), ...(await store.filesOnTheWay())];
  const openAtLimit = new Set(open.map(({ workflowId }) => workflowId));
  return { openAtLimit, reaping, leftBeforeLast, leftOnTheWay };
}
