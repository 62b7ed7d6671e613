import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../cli/exit-codes.ts';
import { startSimulator, TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from '../../simulator/index.ts';
import { readAccounts } from '../../worker/read-accounts.ts';
import { lastDocument, runCliHere, startCli, type CliEnd, type CliSurroundings } from './run-cli.ts';

const folder = await mkdtemp(join(tmpdir(), 'simulate-'));
after(() => rm(folder, { recursive: true }));

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const refused: { title: string; words: string[]; says: RegExp }[] = [
  {
    title: 'a script that is neither a file nor an example',
    words: ['--script', 'create-answer-lots'],
    says: /^The script can not be used \[create-answer-lots\]: there is no such file, and no example has that name; bulk-exports simulate --examples lists them\.$/,
  },
  {
    title: 'a script that is no JSON',
    words: ['--script', await fileOf('broken.json', '{\n  "days": [\n}\n')],
    says: /^The script can not be used \[.*broken\.json\]: it must be JSON: .*\.$/,
  },
  {
    title: 'a folder for a script',
    words: ['--script', folder],
    says: /^The script can not be used \[.*\]: it must be a JSON file, got a folder\.$/,
  },
  {
    title: 'a mistyped option',
    words: ['--spee', '0'],
    says: /^unknown option '--spee' \(Did you mean --speed\?\) — see bulk-exports simulate --help\.$/,
  },
  {
    title: 'a script with several faults',
    words: [
      '--script',
      await fileOf('wrong.json', '{"day": [], "faults": [{"kind": "fire"}, {"kind": "slow"}]}'),
    ],
    says: /script\.day is not known.*script\.faults\[0\]\.kind must be one of.*got "fire".*script\.faults\[1\]\.delayMs must be given/,
  },
  {
    title: 'one port for both servers',
    words: ['--port', '4010', '--store-port', '4010'],
    says: /^--store-port must be another one than --port, got 4010 for both\.$/,
  },
  {
    title: 'a speed that is none',
    words: ['--speed', '-1'],
    says: /^--speed must be a number from 0 to 1000000, got "-1"\.$/,
  },
  {
    title: 'a quota that is none',
    words: ['--quota-days', 'all'],
    says: /^--quota-days must be a whole number from 0 to 1000000, got "all"\.$/,
  },
  {
    title: 'a refusal that is no refusal',
    words: ['--quota-status', '200'],
    says: /^--quota-status must be a whole number from 400 to 499, got "200"\.$/,
  },
];

for (const { title, words, says } of refused)
  test(`simulate refuses ${title} in one line, with every fault`, async () => {
    const { code, stderr } = await simulateOrStop(words);
    assert.equal(code, exitCodes.usage.code, stderr);
    assert.match(stderr.trimEnd(), says);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  });

for (const option of ['--port', '--store-port'])
  test(`a taken ${option} is named, with what to do`, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await simulateOrStop([option, String(port)]);
    other.close();
    assert.equal(code, exitCodes.usage.code, stderr);
    assert.equal(
      stderr,
      `The simulator can not listen on 127.0.0.1:${port}: another program listens there. ` +
        `Give another ${option}, or none for any free one.\n`,
    );
  });

test('--examples lists every example with what it does, and where it lies', async () => {
  const [text, json] = await Promise.all([
    runCliHere(['simulate', '--examples']),
    runCliHere(['simulate', '--examples', '--json']),
  ]);
  const document = lastDocument(json) as {
    folder: string;
    examples: { name: string; description: string }[];
  };
  const files = await readdir(document.folder);
  assert.equal(document.folder, fileURLToPath(new URL('../../examples/simulator-scripts', import.meta.url)));
  assert.deepEqual(
    document.examples.map(({ name }) => name),
    files.map((file) => file.replace('.json', '')).toSorted(),
  );
  assert.ok(text.stdout.includes(document.folder), text.stdout);
  for (const { name, description } of document.examples)
    assert.ok(text.stdout.includes(`${name}\n    ${description}\n`), name);
});

test('the help names the examples, the ledger and the credentials, and its own examples exist', async () => {
  const { stdout } = await runCliHere(['simulate', '--help']);
  for (const part of [
    'node_modules/temporal-bulk-exports/examples/simulator-scripts',
    '/_simulator/ledger',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
  ])
    assert.ok(stdout.includes(part), part);
  const entries = stdout.split(/\n(?= {2}-)/).filter((entry) => /^ {2}--[a-z-]+ </.test(entry));
  assert.deepEqual(
    entries.filter((entry) => !entry.includes('(default:')).map((entry) => entry.trim().split(' ')[0]),
    ['--script'],
  );
  const used = [...stdout.matchAll(/--script ([a-z-]+)(?= |$)/gm)].map(([, name]) => name);
  const { examples } = lastDocument(await runCliHere(['simulate', '--examples', '--json'])) as {
    examples: { name: string }[];
  };
  assert.ok(used.length > 0, 'examples are named');
  assert.ok(
    used.every((name) => examples.some((example) => example.name === name)),
    used.join(),
  );
});

test('simulate plays an example by its name, and says what it plays', async () => {
  await using simulate = await simulating(['--script', 'rate-limited-with-retry-after']);
  const { status, headers } = await simulate.ask('Messages');
  assert.deepEqual([status, headers.get('retry-after')], [429, '2']);
  assert.match((await simulate.end()).stderr, /^The script: The first two requests .* 429/m);
});

test('a file wins over the example of its name, and the clock runs at its speed', async () => {
  await fileOf('rate-limited-with-retry-after', '{"nullFields": ["resource_type"]}');
  const words = ['--script', 'rate-limited-with-retry-after', '--speed', '100000'];
  await using simulate = await simulating(words, { cwd: folder });
  const first = await simulate.ask('Messages');
  await sleep(100);
  const second = await simulate.ask('Messages');
  assert.deepEqual([first.status, second.status], [200, 200]);
  const passedMs = Date.parse(second.headers.get('date') ?? '') - Date.parse(first.headers.get('date') ?? '');
  assert.ok(passedMs > 9_000_000, `${passedMs} ms`);
});

test('the quota, its refusal and the seed are those of the options', async () => {
  const quota = ['--quota-days', '2', '--quota-status', '403', '--quota-code', '12345'];
  await using simulate = await simulating(['--seed', 'another', ...quota]);
  const made = await simulate.create('2026-10-01', '2026-10-02');
  assert.equal(made.status, 201);
  const refusal = await simulate.create('2026-10-03', '2026-10-03');
  assert.deepEqual([refusal.status, refusal.code], [403, 12_345]);

  // The same seed and requests give the same ids, in code and from the command line.
  const simulator = await startSimulator({ seed: 'another' });
  const same = await callerOf(simulator).create('2026-10-01', '2026-10-02');
  await simulator.stop();
  assert.equal(made.jobSid, same.jobSid);
});

test('at speed 0 the time stands still until a request moves it', async () => {
  await using simulate = await simulating(['--speed', '0']);
  const dateOf = async () => Date.parse((await simulate.ask('Messages')).headers.get('date') ?? '');
  const before = await dateOf();
  const body = new URLSearchParams({ advance: '2 hours' });
  const moved = await fetch(simulate.clock, { method: 'POST', body });
  assert.equal(moved.status, 200);
  assert.equal((await dateOf()) - before, 2 * 3_600_000);
});

test('a script may begin with a mark of the byte order', async () => {
  const path = await fileOf('marked.json', '\uFEFF{"description": "Marked."}');
  const { code, stderr } = await simulateOrStop(['--script', path]);
  assert.equal(code, exitCodes.success.code, stderr);
  assert.match(stderr, /^The script: Marked\.$/m);
});

const OWN = { TWILIO_ACCOUNT_SID: `AC${'7'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token-of-my-own' };
const TEST_PAIR = { TWILIO_ACCOUNT_SID: TEST_ACCOUNT_SID, TWILIO_AUTH_TOKEN: TEST_AUTH_TOKEN };

for (const { title, env, isTold } of [
  { title: 'the test pair is told', env: {}, isTold: true },
  {
    title: 'empty variables are none: the test pair is told',
    env: { TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '' },
    isTold: true,
  },
  { title: 'the test pair is told where the variables repeat it', env: TEST_PAIR, isTold: true },
  { title: 'a token of the reader is never told', env: OWN, isTold: false },
])
  test(`${title}, and an API key of the environment is not used with the simulator`, async () => {
    const key = { TWILIO_API_KEY: `SK${'7'.repeat(32)}`, TWILIO_API_SECRET: 'secret-of-my-own' };
    const end = await runCliHere(['simulate', '--json'], { ...key, ...env }, /Ctrl-C ends it/);
    const { apiUrl, accountSid, authToken } = lastDocument(end);
    const account = isTold ? TEST_PAIR : OWN;
    assert.deepEqual(
      [accountSid, authToken],
      [account.TWILIO_ACCOUNT_SID, isTold ? TEST_AUTH_TOKEN : undefined],
    );
    assert.doesNotMatch(end.stdout + end.stderr, /of-my-own/);

    const line = / {2}export (.*)\n/.exec(end.stderr)?.[1] ?? '';
    const exported = Object.fromEntries(line.split(' ').map((pair) => pair.split(/=(.*)/).slice(0, 2)));
    const faults: string[] = [];
    const accounts = readAccounts({ ...key, ...env, ...exported }, () => '', faults);
    assert.deepEqual(faults, []);
    assert.equal(exported['TWILIO_BULKEXPORTS_URL'], apiUrl);
    assert.deepEqual(accounts, {
      default: {
        accountSid,
        username: accountSid,
        password: account.TWILIO_AUTH_TOKEN,
      },
    });
  });

test('it says how to move a clock that stands still, and of no other', async () => {
  const [still, running] = await Promise.all([simulateOrStop(['--speed', '0']), simulateOrStop([])]);
  const { clock } = lastDocument(still);
  assert.ok(
    still.stderr.includes(`Its clock stands still: curl ${String(clock)} -d advance='20 minutes'\n`),
    still.stderr,
  );
  assert.doesNotMatch(running.stderr, /clock/);
});

/** Ctrl-C is pressed at once where the simulator is not refused but starts: then the test fails and does not hang. */
async function simulateOrStop(words: string[]): Promise<CliEnd> {
  return runCliHere(['simulate', '--json', ...words], {}, /Ctrl-C ends it/);
}

interface Created {
  status: number;
  jobSid: string;
  /** Of a refusal. */
  code: number;
}

function callerOf(told: { apiUrl: string; accountSid: string; authToken: string }) {
  const authorization = `Basic ${Buffer.from(`${told.accountSid}:${told.authToken}`).toString('base64')}`;
  const ask = (path: string, form?: Record<string, string>) =>
    fetch(`${told.apiUrl}/v1/Exports/${path}`, {
      headers: { authorization },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
  const create = async (startDay: string, endDay: string): Promise<Created> => {
    const reply = await ask('Messages/Jobs', { StartDay: startDay, EndDay: endDay, FriendlyName: 'x' });
    const { job_sid: jobSid, code } = (await reply.json()) as { job_sid: string; code: number };
    return { status: reply.status, jobSid, code };
  };
  return { ask, create };
}

/** `simulate` in a process of its own, as a caller meets it. */
async function simulating(words: string[], surroundings?: CliSurroundings) {
  const { child, ended, stdoutHas } = startCli(['simulate', '--json', ...words], surroundings);
  const [line] = await stdoutHas(/^\{.*\}$/m);
  const end = async () => {
    child.kill('SIGINT');
    return ended;
  };
  const told = JSON.parse(line) as Parameters<typeof callerOf>[0] & { clock: string };
  return {
    ...callerOf(told),
    clock: told.clock,
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}
