import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { CommandContext } from '../../cli/cli.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { runningExports } from '../../cli/running-exports.ts';
import { createTerminal } from '../../cli/terminal.ts';
import { watchExports } from '../../cli/watch-exports.ts';
import type { ExportHandle, ListedExport, ObservedProgress } from '../../client/index.ts';
import { tearDown, withExports } from '../client/client-env.ts';
import { anInput, aProgress, aResult } from '../client/samples.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCliHere, startCli, type CliEnd } from './run-cli.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv({});
});
after(() => tearDown(env));

const here = (words: string[], interruptAt?: RegExp): Promise<CliEnd> =>
  runCliHere(words, { TEMPORAL_ADDRESS: env.address }, interruptAt);

test('several exports are watched at once: a line a change, and at the end how each ended', async () => {
  await withExports(env, async (exports) => {
    const start = (name: string) =>
      exports.startExport(anInput(name), { workflowId: `${name}-${randomUUID()}` });
    const [complete, failing, waiting] = [
      await start('complete'),
      await start('fail:ExportIncomplete'),
      await start('wait'),
    ];
    const ids = [complete, failing, waiting].map(({ workflowId }) => workflowId);
    const watching = here(['watch', ...ids, '--json'], new RegExp(`${waiting.workflowId}: waiting`));
    const interrupted = await watching;
    assert.equal(interrupted.code, exitCodes.interrupted.code, interrupted.stderr);
    assert.match(interrupted.stderr, /the exports go on/);
    assert.equal((await waiting.progress()).phase, 'waiting');

    await waiting.cancel({ reason: 'a test' });
    const end = await here(['watch', ...ids, ids[0] ?? '']);
    assert.equal(end.code, exitCodes.incomplete.code, end.stderr);
    for (const [id, phase] of [
      [ids[0], 'complete'],
      [ids[1], 'incomplete'],
      [ids[2], 'cancelled'],
    ])
      assert.equal(end.stderr.match(new RegExp(`^${id}: ${phase}: `, 'gm'))?.length, 1, end.stderr);
    assert.match(end.stdout, /^Workflow id +Outcome +Days +Records +Size\n/);
    assert.match(end.stdout, new RegExp(`^${ids[0]} +complete +1 downloaded, 1 empty +10 +1\\.2 kB$`, 'm'));
    assert.match(end.stdout, new RegExp(`^${ids[1]} +incomplete +1 downloaded, 1 failed `, 'm'));
    assert.match(end.stdout, new RegExp(`^${ids[2]} +cancelled `, 'm'));
    assert.match(end.stderr, new RegExp(`^${ids[1]}: ExportIncomplete it is$`, 'm'));

    const told = lastDocument(await here(['watch', ...ids, '--json'])) as {
      exports: { workflowId: string; outcome: string; error?: { type: string } }[];
    };
    assert.deepEqual(
      told.exports.map(({ workflowId, outcome, error }) => [workflowId, outcome, error?.type]),
      [
        [ids[0], 'complete', undefined],
        [ids[1], 'incomplete', 'ExportIncomplete'],
        [ids[2], 'cancelled', 'ExportCancelled'],
      ],
    );
  });
});

test('the exit code of watch is that of the first export that was not complete', async () => {
  await withExports(env, async (exports) => {
    const id = async (name: string) => {
      const handle = await exports.startExport(anInput(name), { workflowId: randomUUID() });
      await handle.result().catch(() => {});
      return handle.workflowId;
    };
    const [complete, timedOut, rejected] = [
      await id('complete'),
      await id('fail:ExportTimedOut'),
      await id('fail:ExportRejected'),
    ];
    const code = async (...ids: string[]) => (await here(['watch', ...ids])).code;
    assert.equal(await code(complete, complete), exitCodes.success.code);
    assert.equal(await code(complete, timedOut, rejected), exitCodes.timedOut.code);
    assert.equal(await code(rejected, complete, timedOut), exitCodes.rejected.code);
  });
});

test('an export without a result takes nothing from the others', async () => {
  await withExports(env, async (exports, client) => {
    const complete = await exports.startExport(anInput('complete'), { workflowId: randomUUID() });
    const ended = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    await client.workflow.getHandle(ended.workflowId).terminate();
    const end = await here(['watch', ended.workflowId, complete.workflowId, '--json']);
    assert.equal(end.code, exitCodes.failure.code, end.stderr);
    const { exports: told } = lastDocument(end) as {
      exports: { outcome?: string; error?: { type: string } }[];
    };
    assert.deepEqual(
      told.map(({ outcome, error }) => outcome ?? error?.type),
      ['ExportTerminated', 'complete'],
    );
    assert.match(end.stderr, new RegExp(`^${ended.workflowId} +ExportTerminated$`, 'm'));
  });
});

test('an id that nobody knows ends the watching of all, with the exit code for that', async () => {
  await withExports(env, async (exports) => {
    const running = await exports.startExport(anInput('wait'), { workflowId: randomUUID() });
    const { code, stderr } = await here(['watch', running.workflowId, 'nobody-knows']);
    assert.equal(code, exitCodes.notFound.code, stderr);
    assert.match(stderr, /nobody-knows/);
    assert.equal((await running.progress()).phase, 'waiting');
    await running.cancel();
  });
});

test('who reads no more watches no more: it ends like any other program behind whose pipe is head', async (t) => {
  await withExports(env, async (exports) => {
    const start = (name: string) => exports.startExport(anInput(name), { workflowId: randomUUID() });
    const [running, ending] = [await start('wait'), await start('wait')];
    const ids = [running.workflowId, ending.workflowId];
    const { child, ended } = startCli(['watch', ...ids], { env: { TEMPORAL_ADDRESS: env.address } });
    t.after(() => child.kill('SIGKILL'));
    let seen = '';
    for await (const chunk of child.stderr ?? []) {
      seen += String(chunk);
      // To leave the loop is to close the pipe.
      if (ids.every((id) => seen.includes(`${id}: waiting`))) break;
    }
    await ending.cancel();
    assert.equal((await ended).code, exitCodes.interrupted.code);
    assert.equal((await running.progress()).phase, 'waiting');
    await running.cancel();
  });
});

test('without an id those are watched that run, and where none runs it says so', async () => {
  const own = await createDevServerEnv({ searchAttributes: 'unknown' });
  try {
    await withExports(own, async (exports) => {
      const surroundings = { TEMPORAL_ADDRESS: own.address };
      await exports.runExport(anInput('complete'), { workflowId: 'over' });
      await untilListed(() => exports.list({ status: 'COMPLETED' }));
      const none = await runCliHere(['watch'], surroundings);
      assert.deepEqual([none.code, none.stdout], [0, 'No export runs.\n'], none.stderr);
      const running = await exports.startExport(anInput('wait'), { workflowId: 'running' });
      await untilListed(() => exports.list({ status: 'RUNNING' }));
      const watching = await runCliHere(['watch'], surroundings, /running: waiting/);
      assert.equal(watching.code, exitCodes.interrupted.code, watching.stderr);
      await running.cancel();
    });
  } finally {
    await tearDown(own);
  }
});

test('a change of which the line does not tell is no line of its own', async () => {
  const looked = (jobQueuePosition: string): ObservedProgress => {
    const { days, ...progress } = aProgress('waiting');
    const jobs = progress.jobs.map((job) => ({ ...job, jobQueuePosition }));
    return { ...progress, jobs, days: { ...days, done: 1 }, source: 'workflow', workflowId: 'one' };
  };
  const { context, said } = aContext();
  const yields = [looked('3'), looked('2'), { ...looked('1'), phase: 'complete' as const }];
  await watchExports([aHandle('one', () => yields)], context);
  assert.deepEqual(
    said()
      .split('\n')
      .map((line) => line.split(':', 2).join()),
    ['one, waiting', 'one, complete', ''],
  );
});

test('an id with a line break makes no line of its own', async () => {
  const { days, ...progress } = aProgress('complete');
  const workflowId = 'one\ntwo: complete';
  const { context, said } = aContext();
  const over = { ...progress, days: { ...days, done: 2 }, source: 'workflow' as const, workflowId };
  await watchExports([aHandle(workflowId, () => [over])], context);
  assert.match(said(), /^one\\ntwo: complete: complete: 2 of 2 days done.*\n$/);
});

test('once one can not be followed, nobody asks for the others any more', async () => {
  const { context } = aContext();
  let others: AbortSignal | undefined;
  const failing = aHandle('one', () => {
    throw new Error('not this one');
  });
  const other = aHandle('two', (signal) => {
    others = signal;
    return [];
  });
  await assert.rejects(watchExports([other, failing], context), /not this one/);
  assert.equal(others?.aborted, true);
  assert.equal(context.interruption().aborted, false);
});

test('of very many that run the first fifty are watched, and that is said', async () => {
  const { context, said } = aContext();
  const running = async (count: number): Promise<number> => {
    const exports = {
      async *list({ limit = 0 }: { limit?: number } = {}) {
        for (let at = 0; at < Math.min(count, limit); at += 1)
          yield { workflowId: `export-${at}` } as ListedExport;
      },
      getHandle: (workflowId: string) => aHandle(workflowId, () => []),
    };
    return (await runningExports(exports, context)).length;
  };
  assert.equal(await running(50), 50);
  assert.equal(said(), '');
  assert.equal(await running(60), 50);
  assert.match(said(), /^More than 50 exports run/);
});

for (const columns of [20, 100])
  test(`in a terminal of ${columns} columns the exports are bars, and nothing is wider`, async () => {
    await withExports(env, async (exports) => {
      const ids = ['one', 'two'].map((name) => `${name}-${randomUUID()}`);
      for (const workflowId of ids) await exports.runExport(anInput('complete'), { workflowId });
      const end = await runCliHere(
        ['watch', ...ids, '--json'],
        { TEMPORAL_ADDRESS: env.address },
        undefined,
        {
          columns,
          rows: 24,
        },
      );
      assert.equal(end.code, 0, end.stderr);
      const lines = stripVTControlCharacters(end.stderr).split('\n');
      const drawn = lines.slice(
        0,
        lines.findIndex((line) => line.startsWith('Workflow id')),
      );
      assert.ok(drawn.length > 0 && drawn.every((line) => Array.from(line).length <= columns), end.stderr);
      assert.match(drawn.join('\n'), columns === 20 ? /^one-…?.* 1\/2$/m : /^one-\S+ █+░* 1\/2 complete$/m);
      assert.match(drawn.join('\n'), /^Total .*2\/4$/m);
    });
  });

/** A handle that shows this and then is complete. */
function aHandle(workflowId: string, watched: (signal?: AbortSignal) => ObservedProgress[]): ExportHandle {
  return {
    workflowId,
    async *watch({ signal }: { signal?: AbortSignal }) {
      yield* watched(signal);
    },
    result: () => Promise.resolve(aResult('complete')),
  } as unknown as ExportHandle;
}

function aContext(): { context: CommandContext; said: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const streams = { stdout: stream, stderr: stream, env: {} };
  const interrupted = new AbortController().signal;
  const context: CommandContext = {
    ...streams,
    terminal: createTerminal({ ...streams, isJson: false }),
    interruption: () => interrupted,
    inattention: () => interrupted,
    isJson: false,
    onInterrupt: () => {},
    onUnread: () => {},
    answer: () => {},
    next: () => '',
  };
  return { context, said: () => text };
}

async function untilListed(list: () => AsyncIterable<unknown>): Promise<void> {
  for (;;) {
    for await (const _ of list()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
