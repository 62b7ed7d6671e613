/**
 * A worker process of the chaos run, to be killed at any moment. It is told what to run by the first message of its
 * parent, says `ready`, and ends when its parent does. Its log is what it writes.
 */
import { DefaultLogger } from '@temporalio/worker';
import { paceOfActivities, QUOTA_DAY } from './pace.ts';
import { runWhenTold, type ToldWorkerOptions } from './told-worker.ts';

/** What a worker is told. */
export interface ChaosWorkerOptions extends ToldWorkerOptions {
  /** How long a file of nobody's has to lie before it is swept; null for the default. */
  staleHalfMs: number | null;
}

/** How many days one process fetches at a time: fewer than there are, so that they queue. */
const DOWNLOAD_SLOTS = 6;

runWhenTold(({ staleHalfMs }: ChaosWorkerOptions) => ({
  logger: new DefaultLogger('DEBUG', (entry) => {
    process.stdout.write(`${JSON.stringify(entry, (_, value: unknown) => printable(value))}\n`);
  }),
  exporting: {
    downloadSlots: DOWNLOAD_SLOTS,
    quotaDay: QUOTA_DAY,
    settings: { ...paceOfActivities, ...(staleHalfMs !== null && { staleHalfMs }) },
  },
  onReady: () => process.send?.('ready'),
}));

function printable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause, fields: Object.entries(value) };
}
