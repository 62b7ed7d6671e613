import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { formatBytes, formatCounts, formatDays } from '../../cli/amounts.ts';
import { readingLines } from '../../cli/demo/reading-lines.ts';
import { plainTable } from '../../cli/plain-table.ts';
import { progressLine, progressText } from '../../cli/progress-text.ts';
import { reapText } from '../../cli/reap-text.ts';
import { filesOf, resultText } from '../../cli/result-text.ts';
import { createTerminal } from '../../cli/terminal.ts';
import { visible, visibleJson, visibleLine } from '../../cli/visible.ts';
import type { ObservedProgress } from '../../client/index.ts';
import { aProgress, aResult, LATER_SIGHTING } from '../client/samples.ts';

const plain = (_colour: string, text: string) => text;

function observed(): Extract<ObservedProgress, { source: 'workflow' }> {
  const progress = aProgress('waiting');
  return { ...progress, source: 'workflow', workflowId: 'id', days: { ...progress.days, done: 1 } };
}

test('the progress says what was asked for, how much is done, and what keeps it waiting', () => {
  const text = progressText(
    {
      ...observed(),
      problems: [{ problem: 'Twilio does not answer.', since: '2026-10-10T00:00:00Z', day: '2026-10-02' }],
    },
    plain,
  );
  assert.match(text, /^Messages 2026-10-01\.\.2026-10-02 {2}waiting\n/);
  assert.match(text, /█{15}░{15} 1 of 2 days done/);
  assert.match(text, /1 downloaded, 10 records in 1\.2 kB; open: 1 Running/);
  assert.match(text, /JS1 2026-10-01\.\.2026-10-02: 1 Running, 1 Completed · as of 2026-10-10 00:00 UTC/);
  assert.match(text, /! 2026-10-02: Twilio does not answer\./);
});

test('of files that are about to expire the progress says how much time is left, and the line of a log does not', () => {
  const problem = {
    problem: 'Twilio keeps it.',
    since: '',
    day: '2026-10-02',
    expiresAt: '2026-10-10T12:00:00Z',
  };
  const progress = { ...observed(), problems: [problem] };
  const left = (now: string) => /! .*/.exec(progressText(progress, plain, { nowMs: Date.parse(now) }))?.[0];
  assert.equal(left('2026-10-09T12:30:00Z'), '! 2026-10-02: Twilio keeps it. (23 hours left)');
  assert.equal(left('2026-10-10T10:59:00Z'), '! 2026-10-02: Twilio keeps it. (1 hour left)');
  assert.equal(left('2026-10-10T11:01:00Z'), '! 2026-10-02: Twilio keeps it. (59 minutes left)');
  assert.equal(left('2026-10-10T12:00:00Z'), '! 2026-10-02: Twilio keeps it. (time is up)');
  assert.match(progressLine(progress), /; ! 2026-10-02: Twilio keeps it$/);
});

test('the line of a log does not change with the time of the last look', () => {
  const later = observed();
  later.jobs = later.jobs.map((job) => ({ ...job, asOf: '2026-10-10T01:00:00Z', jobQueuePosition: '3' }));
  assert.equal(progressLine(later), progressLine(observed()));
  assert.doesNotMatch(progressLine(later), /\n/);
});

test('before anything is known no word is said of outcomes, and a day without a status is called so', () => {
  const progress = observed();
  progress.days = { ...progress.days, downloaded: 0, done: 0, byStatus: { Unaccounted: 2 } };
  const text = progressText(progress, plain);
  assert.match(text, /\nopen: 2 without a status yet\n/);
  assert.equal(progressLine(progress), 'waiting: 0 of 2 days done; open: 2 without a status yet');
  assert.doesNotMatch(text, /nothing/);
});

test('problems in one line are parted by semicolons alone, without the full stops of their sentences', () => {
  const problems = ['Twilio does not answer (503).', 'The disk is full.'].map((problem) => ({
    problem,
    since: '2026-10-10T00:00:00Z',
  }));
  assert.match(
    progressLine({ ...observed(), problems }),
    /; ! Twilio does not answer \(503\); ! The disk is full$/,
  );
});

test('of many problems the progress shows as many as the card in the UI, and how many more there are', () => {
  const problems = Array.from({ length: 1_240 }, (_, index) => ({
    problem: `Trouble ${index + 1}.`,
    since: '2026-10-10T00:00:00Z',
  }));
  for (const text of [
    progressText({ ...observed(), problems }, plain),
    progressLine({ ...observed(), problems }),
  ]) {
    assert.equal(text.match(/Trouble/g)?.length, 12);
    assert.match(text, /! Trouble 12(\.\n|; )… and 1,228 more$/);
  }
  const twelve = progressText({ ...observed(), problems: problems.slice(0, 12) }, plain);
  assert.match(twelve, /! Trouble 12\.$/);
});

test('without a worker the text says so and claims nothing about the days', () => {
  const described: ObservedProgress = {
    source: 'description',
    workflowId: 'id',
    phase: null,
    resourceType: 'Messages',
    startDay: '2026-10-01',
    endDay: '2026-10-02',
    days: { total: 2, done: null },
    jobs: [LATER_SIGHTING],
    problems: [],
    result: null,
  };
  const text = progressText(described, plain);
  assert.match(text, /no worker answers: .*\. See whether one runs, on the task queue/);
  assert.match(progressLine(described), /\(no worker answers: [^.]*\)$/);
  for (const phase of ['failed', 'cancelled'] as const) {
    const over = progressText({ ...described, phase }, plain);
    assert.match(over, /^this is what the server knows alone$/m, 'a worker would not know more');
  }
  assert.match(text, /2 days\n/);
  assert.doesNotMatch(text, /done|downloaded/);
  assert.match(text, /queue position 7 · expected 2026-10-10 02:00 UTC/);
});

test('a long result lists only the days that did not go well', () => {
  const [well, badly] = aResult('incomplete').days;
  assert.ok(well && badly, 'both endings');
  const days = [...Array.from({ length: 99 }, () => well), { ...badly, problem: 'Twilio reports Failed.' }];
  const text = resultText({ ...aResult('incomplete'), days }, plain);
  assert.match(text, /2026-10-02 +failed .*Twilio reports Failed\./);
  assert.doesNotMatch(text, /2026-10-01 +downloaded/);
  assert.match(text, /Not listed: 99 days that went well\./);
});

test('a result tells which other jobs made its files, and of how many days, and how many more such jobs there are', () => {
  const [day] = aResult('complete').days;
  assert.ok(day, 'a day');
  const madeBy = { friendlyName: 'October', createDate: '2026-10-10' };
  const nameless = { friendlyName: 'November', createDate: null };
  const days = [day, { ...day, madeBy }, { ...day, madeBy }, { ...day, madeBy: nameless }];
  const text = resultText({ ...aResult('complete'), days }, plain);
  assert.match(text, /^Made by another job, "October" on 2026-10-10: 2 days$/m);
  assert.match(text, /^Made by another job, "November": 1 day$/m);
  assert.doesNotMatch(resultText(aResult('complete'), plain), /another job/);
  const many = Array.from({ length: 9 }, (_, at) => ({
    ...day,
    madeBy: { ...madeBy, friendlyName: `job ${at}` },
  }));
  assert.match(resultText({ ...aResult('complete'), days: many }, plain), /"job 4" .*\n… and by 4 more\n/);
});

test('a result tells what could not be cleaned, and that there is no manifest', () => {
  const text = resultText(
    { ...aResult('cancelled'), manifest: null, notCleaned: ['JS1 may still run.'] },
    plain,
  );
  assert.match(text, /Manifest: could not be written/);
  assert.match(text, /! JS1 may still run\./);
});

test('what reap does not touch is told with a reason, and with what a person may do who knows more', () => {
  const job = {
    account: 'default',
    resourceType: 'Messages',
    startDay: '2026-10-01',
    endDay: '2026-10-03',
    byStatus: {},
    workflowId: null,
    exportId: null,
    status: null,
    closedAt: null,
    fate: null,
  } as const;
  const text = reapText(
    {
      namespace: 'default',
      accounts: ['default'],
      resourceTypes: ['Messages'],
      jobs: [
        { ...job, jobSid: 'JS1', verdict: 'notFound', reason: null },
        { ...job, jobSid: 'JS2', verdict: 'doesNotFit', reason: 'have days that it was not asked for' },
      ],
      failures: [],
      isSearchCut: false,
    },
    { showAll: false, paint: plain },
  );
  assert.match(
    text,
    /^1 notFound, not touched: .* deletes it by its sid: docs\/operations\.md, "Jobs that were left behind"\.$/m,
  );
  assert.match(text, /^1 doesNotFit, not touched: .* and have days that it was not asked for\. /m);
});

test('the files of a result are one pattern; without a file there is none', () => {
  assert.equal(filesOf(aResult('complete')), '/exports/day=*/part-0.json.gz');
  assert.equal(filesOf({ days: [] }), null);
});

test('the commands that read the files survive blanks and quotes in the path', () => {
  const [zcat, duckdb] = readingLines("/home/me/it's here/day=*/part-0.json.gz", '/home/me');
  assert.match(zcat ?? '', /'it'\\''s here\/day='\*'\/part-0\.json\.gz'/);
  assert.match(duckdb ?? '', /read_json\('it''s here\/day=\*\/part-0\.json\.gz', hive_partitioning = true\)/);
});

test('amounts read well', () => {
  assert.equal(formatBytes(999), '999 B');
  assert.equal(formatBytes(1_500_000_000), '1.5 GB');
  assert.equal(formatBytes(5_000_000_000_000_000), '5000.0 TB');
  assert.equal(formatDays(1), '1 day');
  assert.equal(formatDays(1_234), '1,234 days');
  assert.equal(formatCounts({ Running: 1, Completed: 1_000, Failed: 0 }), '1,000 Completed, 1 Running');
  assert.equal(formatCounts({}), 'nothing');
});

/** A second line, a cleared screen, another title of the window, a line that turns round: each as one letter begins it. */
const HOSTILE = 'x\n1 orphan: fake\r\u001B[2J\u001B]0;owned\u0007\u009B2J\u202Ecod.exe\u2066\u2028end';
const HARMLESS =
  'x\\n1 orphan: fake\\r\\u001b[2J\\u001b]0;owned\\u0007\\u009b2J\\u202ecod.exe\\u2066\\u2028end';

test('what others have written does not steer the terminal, and stays on its line', () => {
  assert.equal(visibleLine(HOSTILE), HARMLESS);
  const red = '\u001B[31mfailed\u001B[39m';
  assert.equal(visibleLine(`${red} Größe 日本 👩‍👩‍👧`), `${red} Größe 日本 👩‍👩‍👧`);

  const [day] = aResult('incomplete').days;
  assert.ok(day, 'a day');
  const days = [{ ...day, problem: HOSTILE, madeBy: { friendlyName: HOSTILE, createDate: null } }];
  const result = { ...aResult('incomplete'), days, cancelReason: HOSTILE, notCleaned: [HOSTILE] };
  const ended = resultText(result, plain);
  assert.ok(ended.includes(`Reason: ${HARMLESS}\n`), ended);
  assert.ok(ended.endsWith(`! ${HARMLESS}`), ended);

  const problems = [{ problem: HOSTILE, since: '2026-10-10T00:00:00Z' }];
  const { jobs } = observed();
  for (const job of jobs) job.byStatus = { [HOSTILE]: 1 };
  const progress = progressText({ ...observed(), problems, jobs }, plain);
  assert.equal(progress.split('\n').length, progressText(observed(), plain).split('\n').length + 1);
  const line = progressLine({ ...observed(), problems });
  assert.ok(line.endsWith(HARMLESS), line);
  for (const text of [ended, progress, line])
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}\u2028]/u);
});

test('a table shows a hostile name in its cell', () => {
  assert.deepEqual(plainTable({ head: ['Name', 'Status'] }, [[HOSTILE, 1]]).split('\n'), [
    `${'Name'.padEnd(HARMLESS.length)}  Status`,
    `${HARMLESS}  1`,
  ]);
});

test('whatever is said or shown passes no control, and colours only where they are of use', () => {
  const texts: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      texts.push(chunk.toString());
      done();
    },
  });
  const { say, show } = createTerminal({ stdout: stream, stderr: stream, env: {}, isJson: false });
  say(`one\ntwo\t${HOSTILE}`);
  show('\u001B[31mred\u001B[39m');
  assert.deepEqual(texts, [`one\ntwo\t${HARMLESS.replace('\\n', '\n')}\n`, '\\u001b[31mred\\u001b[39m\n']);
  assert.equal(visible('\u001B[31mred\u001B[39m', { colours: true }), '\u001B[31mred\u001B[39m');
});

test('a JSON document means the same, and has no letter that steers a terminal', () => {
  const document: unknown = { [HOSTILE]: [HOSTILE, '\u001B[31m', 'Größe'] };
  assert.deepEqual(JSON.parse(visibleJson(document)), document);
  assert.doesNotMatch(visibleJson(document), /[\p{Cc}\p{Bidi_Control}\u2028]/u);
  assert.match(visibleJson(document), /Größe/);
});
