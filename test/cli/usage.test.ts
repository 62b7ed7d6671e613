import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';
import { exitCodes } from '../../cli/exit-codes.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { lastDocument, runCli, runCliHere } from './run-cli.ts';

const wellAsked = ['--resource-type', 'Messages', '--start-day', '2026-10-01', '--end-day', '2026-10-02'];
/** A port on which nobody listens: whoever asks Temporal before checking fails with another exit code. */
const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

const mistyped: { title: string; words: string[]; says: RegExp; env?: Record<string, string> }[] = [
  { title: 'a mistyped command', words: ['strat'], says: /unknown command 'strat' \(Did you mean start\?\)/ },
  {
    title: 'a mistyped option',
    words: ['start', '--star-day', '2026-10-01'],
    says: /unknown option '--star-day' \(Did you mean --start-day\?\)/,
  },
  {
    title: 'a mistyped type',
    words: ['start', ...wellAsked, '--resource-type', 'Mesages'],
    says: /--resource-type must be one of "Messages".*got "Mesages"/,
  },
  {
    title: 'a day that is not in the calendar',
    words: ['start', ...wellAsked, '--start-day', '2026-02-30'],
    says: /--start-day must be a day of the calendar, written YYYY-MM-DD, got "2026-02-30"/,
  },
  {
    title: 'a number that is none',
    words: ['start', ...wellAsked, '--maximum-attempts', 'many'],
    says: /--maximum-attempts must be a whole number from 1 to 20, got "many"/,
  },
  {
    title: 'a duration without its unit',
    words: ['start', ...wellAsked, '--timeout', 'soon'],
    says: /--timeout must be a duration/,
  },
  {
    title: 'a webhook without its method',
    words: ['start', ...wellAsked, '--webhook-url', 'https://example.com/'],
    says: /--webhook-method must be "GET" or "POST", got nothing/,
  },
  { title: 'a missing id', words: ['progress'], says: /missing required argument 'workflow-id'/ },
  {
    title: 'one id too many',
    words: ['result', 'a', 'b'],
    says: /^too many arguments for 'result'\. Expected 1 argument but got 2 — see bulk-exports result --help\.$/m,
  },
  {
    title: 'a limit of nothing',
    words: ['list', '--limit', '0'],
    says: /--limit must be a whole number from 1/,
  },
  {
    title: 'a limit with a fraction',
    words: ['list', '--limit', '2.5'],
    says: /--limit must be a whole number from 1 to 1000000, got "2\.5"/,
  },
  {
    title: 'a status that is none',
    words: ['list', '--status', 'running,runing'],
    says: /--status must be one of running, completed, .*, timed_out, got "runing"\./,
  },
  {
    title: 'a phase that is none',
    words: ['list', '--phase', ''],
    says: /--phase must be one of creating, .*, failed, got ""\./,
  },
  {
    title: 'a type that nobody lists',
    words: ['list', '--resource-type', 'Mesages'],
    says: /--resource-type must be one of Messages, Calls, Conferences, Participants, got "Mesages"\./,
  },
  {
    title: 'a day that is none',
    words: ['list', '--started-after', '2026-02-30'],
    says: /--started-after must be a day or an instant \(UTC\), such as .*, got "2026-02-30"\./,
  },
  {
    title: 'a time without its zone',
    words: ['list', '--closed-after', '2026-10-01T12:00:00'],
    says: /--closed-after must be a day or an instant \(UTC\)/,
  },
  {
    title: 'a policy that is none',
    words: ['start', ...wellAsked, '--if-finished', 'again'],
    says: /--if-finished must be one of startAgain, joinIfComplete, join, refuse, got "again"\./,
  },
  {
    title: 'a port that is none',
    words: ['simulate', '--port', 'x'],
    says: /--port must be a whole number from 0 to 65535/,
  },
  {
    title: 'a port with a fraction',
    words: ['simulate', '--port', '1.5'],
    says: /--port must be a whole number from 0 to 65535, got "1\.5"/,
  },
  {
    title: 'an account of another form',
    words: ['simulate'],
    env: { TWILIO_ACCOUNT_SID: 'a-token-in-the-wrong-place', TWILIO_AUTH_TOKEN: 'x' },
    says: /TWILIO_ACCOUNT_SID must be the letters AC and 32 hexadecimal digits, got 26 other characters\./,
  },
  {
    title: 'a type that nobody exports',
    words: ['reap', '--resource-type', 'Mesages'],
    says: /--resource-type must be one of "Messages", "Calls".*got "Mesages"\./,
  },
  {
    title: 'a time that is none',
    words: ['reap', '--closed-for', 'soon'],
    says: /--closed-for must be a number from 0 to 525600, got "soon"/,
  },
  {
    title: 'a first day after the last',
    words: ['start', ...wellAsked, '--start-day', '2026-10-05'],
    says: /--start-day must be on or before --end-day \(2026-10-02\), got 2026-10-05/,
  },
  {
    title: 'a range that is too long',
    words: ['start', ...wellAsked, '--start-day', '2025-01-01'],
    says: /--end-day must be at most 366 days from --start-day, both included, got 640 days/,
  },
  {
    title: 'an interval that is longer than the longest',
    words: ['start', ...wellAsked, '--minimum-interval', '2 hours', '--maximum-interval', '1 hour'],
    says: /--maximum-interval must be at least --minimum-interval \(7200000 ms\), got 3600000 ms/,
  },
  {
    title: 'a value that is called as a field',
    words: ['start', ...wellAsked, '--email', 'endDay'],
    says: /--email must be an e-mail address, got "endDay"/,
  },

  {
    title: 'a script that is not there',
    words: ['simulate', '--script', 'nowhere.json'],
    says: /The script can not be used \[nowhere.json\]/,
  },
];

for (const { title, words, says, env } of mistyped)
  test(`${title} is one line on stderr and exit code 2, before Temporal is asked`, async () => {
    const { code, stdout, stderr } = await runCliHere(words, { ...nowhere, ...env });
    assert.equal(code, exitCodes.usage.code, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, says);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  });

test('every fault of a request is named at once, by the names of the options', async () => {
  const { stderr } = await runCliHere(['start', '--start-day', 'yesterday'], nowhere);
  assert.match(stderr, /--resource-type must.*--start-day must.*--end-day must/);
});

test('with --json a refusal is a document too', async () => {
  const end = await runCliHere(['start', '--resource-type', 'Mesages', '--json'], nowhere);
  assert.equal(end.code, exitCodes.usage.code);
  const { error } = lastDocument(end) as { error: { type: string; message: string } };
  assert.equal(error.type, 'usage');
  assert.match(error.message, /--resource-type/);
});

test('the process itself ends with the exit code of the table', async () => {
  const { code, stdout, stderr } = await runCli(['strat'], { env: nowhere });
  assert.equal(code, exitCodes.usage.code);
  assert.equal(stdout, '');
  assert.match(stderr, /Did you mean start/);
});

test('a Temporal that can not be reached is one line with its address', async () => {
  const { code, stderr } = await runCli(['list', '--namespace', 'mine'], { env: nowhere });
  assert.equal(code, exitCodes.unreachable.code);
  assert.match(stderr, /can not be reached \[127\.0\.0\.1:1, namespace mine\]/);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
});

test('README tells the exit codes as the help does', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, table = ''] = readme.split('| exit code | means');
  const [rows = ''] = table.split('\n\n');
  const told = [...rows.matchAll(/^\| (\d+) +\| (\S.*?) +\|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ]);
  assert.deepEqual(
    told,
    Object.values(exitCodes).map(({ code, meaning }) => [code, meaning]),
  );
});

test('help shows examples and every exit code, and ends with 0', async () => {
  const [program, start] = await Promise.all([runCliHere(['--help']), runCliHere(['start', '--help'])]);
  assert.equal(program.code, 0);
  assert.equal(start.code, 0);
  for (const { code, meaning } of Object.values(exitCodes))
    assert.ok(program.stdout.includes(`${String(code).padStart(3)}  ${meaning}`), meaning);
  assert.match(start.stdout, /Examples:\n {2}bulk-exports start/);
});

for (const { words, got } of [
  { words: [], got: 'none' },
  { words: ['help', 'strat'], got: "'strat'" },
])
  test(`where a command is missing the help is shown, and what was given in its place, ${got}`, async () => {
    const { code, stdout, stderr } = await runCliHere(words);
    assert.equal(code, exitCodes.usage.code);
    assert.equal(stdout, '');
    assert.match(stderr, /^ {2}start \[options\]/m);
    assert.equal(stderr.trimEnd().split('\n').at(-1), `Expected one of the commands above, got ${got}.`);
  });

test('the help of start tells the defaults that the check fills in', async () => {
  const { stdout } = await runCliHere(['start', '--help']);
  const words = stdout.replaceAll(/\s+/g, ' ');
  const told = (option: string) =>
    new RegExp(`--${option} <\\w+> [^<]*?\\((?:[\\w.]+; )?default: ([^)]+)\\)`).exec(words)?.[1] ?? 'nothing';
  const days = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-01' };
  const { poll, resubmit, ...input } = parseExportJobInput(days, Date.parse('2026-11-01'));
  for (const [option, value] of Object.entries({
    account: input.account,
    destination: input.destination,
    reuse: input.reuse,
    'max-concurrent-downloads': String(input.maxConcurrentDownloads),
    'maximum-attempts': String(resubmit.maximumAttempts),
    'foreign-files': input.foreignFiles,
  }))
    assert.equal(told(option), value, option);
  for (const [option, valueMs] of Object.entries({
    cooldown: resubmit.cooldownMs,
    'minimum-interval': poll.minimumIntervalMs,
    'maximum-interval': poll.maximumIntervalMs,
    'error-patience': input.errorPatienceMs,
    timeout: input.timeoutMs,
  }))
    assert.equal(msToNumber(told(option) as Duration), valueMs, option);
});

test('the version is that of the package', async () => {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { code, stdout } = await runCliHere(['--version']);
  assert.equal(code, 0);
  assert.equal(stdout.trim(), (JSON.parse(manifest) as { version: string }).version);
});

for (const command of ['progress', 'result', 'cancel'])
  test(`the help of ${command} says where an id is found`, async () => {
    const { stdout } = await runCliHere([command, '--help']);
    assert.match(stdout, /Arguments:\n +workflow-id.*"bulk-exports list"/);
  });

const commands = [
  'start',
  'progress',
  'watch',
  'result',
  'cancel',
  'list',
  'reap',
  'setup',
  'worker',
  'webhook',
  'simulate',
  'demo',
];

for (const command of commands)
  test(`the description of ${command} fills its lines, as text without line breaks of its own does`, async () => {
    const { stdout } = await runCliHere([command, '--help']);
    const [description = ''] = stdout.split('\n\n').slice(1);
    const lines = description.split('\n');
    for (const [index, line] of lines.slice(1).entries()) {
      const before = lines[index] ?? '';
      const [firstWord = ''] = line.split(' ');
      assert.ok(`${before} ${firstWord}`.length > HELP_WIDTH, `"${before}" breaks off before "${firstWord}"`);
    }
  });

/** Without a terminal commander wraps at so many characters. */
const HELP_WIDTH = 80;

test('a failure shows a hostile word, and does not do what it says', async () => {
  const { stdout, stderr } = await runCliHere(['list', '--\u001B[2J\u202E', '--json']);
  assert.match(stderr, /unknown option '--\\u001b\[2J\\u202e'/);
  assert.doesNotMatch(stdout.trimEnd(), /[\p{Cc}\p{Bidi_Control}]/u);
  assert.match(stdout, /"unknown option '--\\u001b\[2J\\u202e'/);
});
