/** A worker process whose times a test can wait for: `worker-process.ts [GRACE_TIME [COUNT_INTERVAL_MS]]`. */
import type { Duration } from '@temporalio/common';
import { runWorker } from '../../worker/index.ts';

process.once('disconnect', () => process.exit(1));
process.channel?.unref();
await runWorker({
  say: (line) => process.stdout.write(`${line}\n`),
  shutdownGraceTime: (process.argv[2] || undefined) as Duration | undefined,
  countIntervalMs: process.argv[3] === undefined ? undefined : Number(process.argv[3]),
});
