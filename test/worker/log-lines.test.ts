import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { installRuntime } from '../../worker/install-runtime.ts';
import { InvalidWorkerConfig } from '../../worker/config.ts';
import { createLogger } from '../../worker/logs/create-logger.ts';
import type { LogFormat } from '../../worker/logs/log-format.ts';
import type { MetricsTarget } from '../../worker/read-metrics-target.ts';
import { formsOf } from '../end-to-end/secret-search.ts';
import { freePort } from '../support/free-port.ts';

const PASSWORD = 'pass+Word/"with" signs&=?';
const API_KEY = 'the-key-for-temporal';
const ACCOUNT = { accountSid: `AC${'1'.repeat(32)}`, username: `AC${'1'.repeat(32)}`, password: PASSWORD };

/** What is written for one entry. */
function written(format: LogFormat, message: string, meta: Record<string, unknown> = {}): string {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  createLogger({ format, accounts: { default: ACCOUNT }, secrets: [API_KEY], write }).warn(message, meta);
  return text;
}

function parsed(message: string, meta: Record<string, unknown> = {}): Record<string, unknown> {
  const text = written('json', message, meta);
  assert.match(text, /^[^\n]+\n$/, 'one line');
  return JSON.parse(text) as Record<string, unknown>;
}

describe('the Runtime of a process', () => {
  const loggerOf = (lines: string[]) => new DefaultLogger('INFO', ({ message }) => lines.push(message));
  const prometheusAt = async (): Promise<MetricsTarget & { kind: 'prometheus' }> => {
    const bindAddress = `127.0.0.1:${await freePort()}`;
    return {
      kind: 'prometheus',
      variable: 'BULK_EXPORTS_METRICS_ADDRESS',
      told: bindAddress,
      bindAddress,
    };
  };
  afterEach(async () => {
    await Runtime.instance().shutdown();
  });

  test('logs as it is told to, and shows the metrics too', async () => {
    const lines: string[] = [];
    const metrics = await prometheusAt();
    installRuntime({ logger: loggerOf(lines), metrics });
    Runtime.instance().logger.info('a word');
    Runtime.instance().metricMeter.createCounter('words_total').add(7);
    assert.match(await (await fetch(`http://${metrics.bindAddress}/metrics`)).text(), /^words_total.* 7$/m);
    // Lines wait for those of the native part, and are written at the end at the latest.
    await Runtime.instance().shutdown();
    assert.ok(lines.includes('a word'), lines.join());
  });

  test('that somebody else has installed stays, and its logger', async () => {
    const theirs: string[] = [];
    const ours: string[] = [];
    Runtime.install({ logger: loggerOf(theirs) });
    installRuntime({ logger: loggerOf(ours), metrics: undefined });
    Runtime.instance().logger.info('a word');
    assert.deepEqual([theirs, ours], [['a word'], []]);
  });

  test('that somebody else has installed shows no metrics of ours, which is a fault where they are wanted', async () => {
    Runtime.install({ logger: loggerOf([]) });
    const metrics = await prometheusAt();
    assert.throws(
      () => installRuntime({ logger: loggerOf([]), metrics }),
      (error) =>
        error instanceof InvalidWorkerConfig &&
        /^BULK_EXPORTS_METRICS_ADDRESS must be where metrics can go, got 127.*already/.test(
          error.faults.join(),
        ),
    );
  });
});

describe('a line of the log', () => {
  test('as JSON is an object of time, level and message, and of what it is about', () => {
    const { time, ...line } = parsed('a\nmessage', { workflowId: 'w', day: '2026-10-01' });
    assert.ok(Math.abs(Date.now() - Date.parse(String(time))) < 60_000, String(time));
    assert.deepEqual(line, { level: 'WARN', message: 'a\nmessage', workflowId: 'w', day: '2026-10-01' });
  });

  test('keeps its own time, level and message where an attribute has such a name', () => {
    const { time, level, message } = parsed('mine', { level: 'x', message: 'y', time: 'z' });
    assert.deepEqual([level, message], ['WARN', 'mine']);
    assert.ok(Date.parse(String(time)), String(time));
  });

  test('has one name for the run, and none of what nobody reads', () => {
    assert.equal(parsed('m', { workflowRunId: 'r' })['runId'], 'r');
    assert.equal(parsed('m', { run_id: 'r' })['runId'], 'r');
    const spanContexts = { poll: { run_id: 'r', task_queue: 'q' } };
    const { time, ...line } = parsed('m', { spanContexts, taskToken: 'T', isLocal: false, target: 'x' });
    assert.ok(time, 'a time');
    assert.deepEqual(line, { level: 'WARN', message: 'm', runId: 'r', taskQueue: 'q' });
  });

  test('has of an error its type, message, stack and cause, and of anything else what can be written', () => {
    const cause = new Error('below');
    const failure = ApplicationFailure.create({ type: 'DownloadStalled', message: 'no bytes', cause });
    const loop: Record<string, unknown> = { count: 1n, bytes: new Uint8Array(3) };
    loop['again'] = loop;
    const { error, loop: shown } = parsed('m', { error: failure, loop }) as Record<
      'error' | 'loop',
      Record<string, unknown>
    >;
    const { type, message, stack, cause: below } = error;
    assert.deepEqual([type, message], ['DownloadStalled', 'no bytes']);
    assert.match(String(stack), /no bytes\n +at /);
    assert.equal((below as Error).message, 'below');
    assert.equal(shown['count'], '1');
    assert.equal(shown['bytes'], '3 bytes');
  });

  test('is bounded', () => {
    const line = written('json', 'm', {
      text: 'x'.repeat(1_000_000),
      list: Array.from({ length: 10_000 }, () => 1),
    });
    assert.ok(line.length < 10_000, `${line.length} characters`);
  });

  test('for people is its time, level and message, then name=value, then the stack', () => {
    const cause = new Error('below');
    const error = ApplicationFailure.create({ type: 'DownloadStalled', message: 'no bytes', cause });
    const text = written('pretty', 'The day failed', {
      workflowId: 'w-1',
      note: 'two words',
      taskQueue: 'q',
      day: '2026-10-01',
      error,
    });
    const [first, ...stack] = text.trimEnd().split('\n');
    assert.match(
      first ?? '',
      /^\d{4}-\d\d-\d\dT[\d:.]+Z WARN {2}The day failed workflowId=w-1 note="two words" day=2026-10-01$/,
    );
    assert.deepEqual(stack.slice(0, 2), ['    DownloadStalled:', '    ApplicationFailure: no bytes']);
    assert.match(stack.join('\n'), /^ {4}caused by:\n {4}Error: below$/m);
  });

  test('for people moves no cursor and begins no line that is not its own', () => {
    const text = written('pretty', 'one\n2026 ERROR two\u001b[2J', {
      'a\nb': 'c\nd',
      error: 'e\u001bf\n2026 g',
    });
    const [first, ...more] = text.trimEnd().split('\n');
    assert.match(first ?? '', /^\d{4}-.* WARN {2}one .*=/);
    assert.deepEqual(more, ['    2026 ERROR two\\u001b[2J', '    e\\u001bf', '    2026 g']);
  });

  for (const format of ['json', 'pretty'] as const)
    test(`has no secret in it as ${format}, wherever it stood`, () => {
      const basic = Buffer.from(`${ACCOUNT.username}:${PASSWORD}`).toString('base64');
      const link = 'https://store.example/file?X-Amz-Signature=abc';
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), basic, API_KEY, link]) {
        const error = new Error(`with ${secret}`, { cause: new Error(secret) });
        const nested = { deep: [{ secret }], [secret]: 1, quoted: JSON.stringify({ secret }) };
        const text = written(format, `said ${secret}`, { error, nested, [secret]: 2 });
        const found = formsOf(secret)
          .filter(([form]) => !/base64 |hexadecimal/.test(form))
          .filter(([, form]) => text.includes(form));
        assert.deepEqual(found, []);
        assert.doesNotMatch(text, /X-Amz/);
      }
    });
});
