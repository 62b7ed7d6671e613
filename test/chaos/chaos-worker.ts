/**
 * A worker process of the chaos run, to be killed at any moment. It is told what to run by the first message of its
 * parent, says `ready`, and ends when its parent does. Its log is what it writes.
 */
import { DefaultLogger } from '@temporalio/worker';
import { createS3Storage } from '../../activities/index.ts';
import { paceOfActivities, QUOTA_DAY } from './pace.ts';
import { runWhenTold, type ToldWorkerOptions } from './told-worker.ts';

/** What a worker is told. */
export interface ChaosWorkerOptions extends ToldWorkerOptions {
  /** Where days lie on their way into a bucket; null where the destination is a folder. */
  spool: string | null;
  /** How long a file of nobody's has to lie before it is swept; null for the default. */
  staleHalfMs: number | null;
}

/** How many days one process fetches at a time: fewer than there are, so that they queue. */
const DOWNLOAD_SLOTS = 6;

/** So small that days may wait for room, with place for the largest, and that most of them come in parts. */
const SPOOL_BYTES = 8_000_000;
const PART_BYTES = 20_000;

runWhenTold(({ destination, spool, staleHalfMs }: ChaosWorkerOptions) => ({
  logger: new DefaultLogger('DEBUG', (entry) => {
    process.stdout.write(`${JSON.stringify(entry, (_, value: unknown) => printable(value))}\n`);
  }),
  exporting: {
    ...(spool !== null && { destinations: { default: openBucket(destination, spool) } }),
    downloadSlots: DOWNLOAD_SLOTS,
    quotaDay: QUOTA_DAY,
    settings: { ...paceOfActivities, ...(staleHalfMs !== null && { staleHalfMs }) },
  },
  onReady: () => process.send?.('ready'),
}));

function openBucket(url: string, folder: string): ReturnType<typeof createS3Storage> {
  return createS3Storage(url, { folder, limitBytes: SPOOL_BYTES }, { partBytes: PART_BYTES });
}

function printable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause, fields: Object.entries(value) };
}
