import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { ExportJobResult } from '../../client/index.ts';
import { lastDocument, startCli } from './run-cli.ts';

/** Faster than a person would like it: what the demo shows is the same. */
const SPEED = '600';

/** They wait most of the time: side by side they take as long as one. */
describe('the demo', { concurrency: true }, () => {
  test('exports a month with all that may happen to it, and leaves nothing behind', async () => {
    await inRepository(async (cwd) => {
      const demo = startCli(['demo', '--json', '--speed', SPEED], { cwd });
      const { code, stdout, stderr } = await demo.ended;
      assert.equal(code, 0, stderr);
      const result = lastDocument({ stdout }) as unknown as ExportJobResult & {
        workflowUrl: string;
        reading: string[];
      };
      assert.equal(result.outcome, 'complete');
      assert.equal(result.totals.days, 30);
      assert.equal(result.totals.empty, 3);
      assert.deepEqual(
        result.days.flatMap(({ attempts, outcome }) => (attempts === 2 ? [outcome] : [])),
        ['downloaded'],
      );
      assert.match(stderr, /ErrorDuringRun/);
      assert.match(result.workflowUrl, /\/namespaces\/default\/workflows\/bulk-export-Messages-/);

      const [zcat = '', duckdb = ''] = result.reading;
      const firstRecord: unknown = JSON.parse(execFileSync('sh', ['-c', zcat], { cwd, encoding: 'utf8' }));
      assert.ok(firstRecord !== null && typeof firstRecord === 'object' && 'sid' in firstRecord);
      assert.match(duckdb, /^duckdb -c "SELECT .* read_json\('exports\/demo\/.*day=\*\/part-0\.json\.gz'/);

      assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd, encoding: 'utf8' }), '');
      await assertNobodyListens(stderr);
    });
  });

  test('with --keep everything stays up until Ctrl-C, and then ends with 0', async () => {
    await inRepository(async (cwd) => {
      const demo = startCli(['demo', '--json', '--keep', '--speed', SPEED], { cwd });
      const [line] = await demo.stdoutHas(/^\{.*\}$/m);
      const { workflowUrl } = JSON.parse(line) as { workflowUrl: string };
      assert.equal((await fetch(workflowUrl)).status, 200);
      demo.child.kill('SIGINT');
      const { code, stderr } = await demo.ended;
      assert.equal(code, 0, stderr);
      await assertNobodyListens(stderr);
    });
  });

  test('Ctrl-C in the middle ends everything cleanly', async () => {
    await inRepository(async (cwd) => {
      const demo = startCli(['demo'], { cwd });
      await demo.stdoutHas(/4\. The export has started/);
      demo.child.kill('SIGINT');
      const { code, stdout, stderr } = await demo.ended;
      assert.equal(code, exitCodes.interrupted.code, stderr);
      assert.match(stderr, /nothing of it runs any more/);
      await assertNobodyListens(stdout);
    });
  });
});

async function inRepository(work: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'demo-')));
  try {
    execFileSync('git', ['init', '--quiet'], { cwd });
    await work(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Every address that the demo told is free again: Temporal, its Web UI, the simulated Twilio. */
async function assertNobodyListens(told: string): Promise<void> {
  const ports = [...told.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  assert.ok(new Set(ports).size >= 3, told);
  for (const port of new Set(ports)) assert.equal(await isListenedOn(port), false, `port ${port}`);
}

function isListenedOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
