import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { nodeProgram } from '../support/node-program.ts';

const MB = 1024 * 1024;

/** So much comes out of the bomb before it is cut: a quarter of a gigabyte, and some more for its own bytes. */
const EXPANDED_BYTES = 256 * MB;

// A process of its own tells the peak of its own memory alone.
test('what comes out of a decompression bomb is counted and dropped, never held in memory', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...execArgv,
    '--input-type=module',
    '--eval',
    script,
  ]);
  const { reason, idleBytes, peakBytes } = JSON.parse(stdout) as Record<'idleBytes' | 'peakBytes', number> & {
    reason: string;
  };
  const [, expanded = '0'] = /more than (\d+) bytes come out of/.exec(reason) ?? [];
  assert.ok(Number(expanded) > EXPANDED_BYTES, reason);
  assert.ok(
    peakBytes - idleBytes < EXPANDED_BYTES / 2,
    `${(peakBytes - idleBytes) / MB} MB above ${idleBytes / MB}`,
  );
});

const { path, execArgv } = nodeProgram(
  new URL('../../activities/download/verify-day-file.ts', import.meta.url),
);
const script = `
  import { gzipSync } from 'node:zlib';
  import { verifyDayFile } from ${JSON.stringify(path)};
  const part = gzipSync(Buffer.alloc(${16 * MB}));
  async function* bomb() { for (;;) yield part; }
  const peak = () => process.resourceUsage().maxRSS * 1024;
  const idleBytes = peak();
  const { reason } = await verifyDayFile(bomb(), null, new AbortController().signal);
  console.log(JSON.stringify({ reason, idleBytes, peakBytes: peak() }));
`;
