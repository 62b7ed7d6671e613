/** A worker process whose grace time a test can wait for: `worker-process.ts GRACE_TIME`. */
import type { Duration } from '@temporalio/common';
import { runWorker } from '../../worker/index.ts';

await runWorker({
  say: (line) => process.stdout.write(`${line}\n`),
  shutdownGraceTime: process.argv[2] as Duration | undefined,
});
