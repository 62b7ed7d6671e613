import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { Answer, CommandContext } from '../../cli/cli.ts';
import { createDemo } from '../../cli/demo/demo-script.ts';
import { runDemo } from '../../cli/demo/run-demo.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { createTerminal } from '../../cli/terminal.ts';
import type { ExportJobInput, ExportJobResult } from '../../client/index.ts';
import { lastDocument, startCli } from './run-cli.ts';

/** Faster than a person would like it: what the demo shows is the same. */
const SPEED = '600';

/** They wait much of the time: two side by side take little longer than one. */
describe('the demo', { concurrency: 2 }, () => {
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
      assert.ok(
        firstRecord !== null && typeof firstRecord === 'object' && 'sid' in firstRecord,
        'a record with a sid',
      );
      assert.match(duckdb, /^duckdb -c "SELECT .* read_json\('exports\/demo\/.*day=\*\/part-0\.json\.gz'/);

      assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd, encoding: 'utf8' }), '');
      await assertNobodyListens(stderr, 3);
    });
  });

  test('with --keep everything stays up until Ctrl-C', async () => {
    await inRepository(async (directory) => {
      const { startDay, ...month } = createDemo(Date.now()).input;
      const input: ExportJobInput = { ...month, startDay, endDay: startDay };
      const interruption = new AbortController();
      const { context, answered, said } = aContext(interruption.signal);
      const running = runDemo(
        { keep: true, speed: 10_000, directory, demo: { input, script: {}, story: [] } },
        context,
      );
      const { document } = await Promise.race([answered, running.then(() => assert.fail('it ended'))]);
      const { workflowUrl } = document as { workflowUrl: string };
      assert.equal((await fetch(workflowUrl)).status, 200);
      interruption.abort();
      assert.equal(await running, undefined, 'there is one answer');
      await assertNobodyListens(said(), 3);
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
      await assertNobodyListens(stdout, 3);
    });
  });

  test('a terminal that is closed leaves no server behind', async () => {
    await inRepository(async (cwd) => {
      const demo = startCli(['demo'], { cwd });
      await demo.stdoutHas(/1\. Temporal runs/);
      demo.child.kill('SIGHUP');
      const { code, stdout, stderr } = await demo.ended;
      assert.equal(code, exitCodes.interrupted.code, stderr);
      await assertNobodyListens(stdout, 2);
    });
  });

  test('a demo that is killed without a chance to end anything leaves no server behind', async () => {
    await inRepository(async (cwd) => {
      const demo = startCli(['demo'], { cwd });
      await demo.stdoutHas(/1\. Temporal runs/);
      demo.child.kill('SIGKILL');
      const { stdout } = await demo.ended;
      await untilNobodyListens(stdout);
    });
  });
});

function aContext(interrupted: AbortSignal): {
  context: CommandContext;
  answered: Promise<Answer>;
  said: () => string;
} {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const streams = { stdout: stream, stderr: stream, env: {} };
  let answer: CommandContext['answer'] = () => {};
  const answered = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  const terminal = createTerminal({ ...streams, isJson: false });
  const context = {
    ...streams,
    terminal,
    interruption: () => interrupted,
    inattention: () => interrupted,
    isJson: false,
    onInterrupt: () => {},
    onUnread: () => {},
    next: () => '',
    answer,
  };
  return { context, answered, said: () => text };
}

async function inRepository(work: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'demo-')));
  try {
    execFileSync('git', ['init', '--quiet'], { cwd });
    await work(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Every address that the demo told is free again: Temporal, its Web UI, and, where it got so far, the simulator. */
async function assertNobodyListens(told: string, addresses: number): Promise<void> {
  const ports = portsOf(told);
  assert.ok(ports.length >= addresses, told);
  for (const port of ports) assert.equal(await isListenedOn(port), false, `port ${port}`);
}

/** The watchdog ends the server a moment after the demo is gone. */
async function untilNobodyListens(told: string): Promise<void> {
  const ports = portsOf(told);
  assert.ok(ports.length >= 2, told);
  const listened = await Promise.all(ports.map(isListenedOn));
  if (!listened.includes(true)) return;
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  await untilNobodyListens(told);
}

function portsOf(told: string): number[] {
  return [...new Set([...told.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port)))];
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
