import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { barsText, type WatchedExport } from '../../cli/bars-text.ts';
import { wantsColours } from '../../cli/colours.ts';
import { createLiveArea } from '../../cli/live-area.ts';
import { progressText } from '../../cli/progress-text.ts';
import type { OutputStream } from '../../cli/output-stream.ts';
import { createTerminal } from '../../cli/terminal.ts';
import { aProgress } from '../client/samples.ts';

const plain = (_colour: string, text: string) => text;

function watched(workflowId: string, done: number, total: number, problems: string[] = []): WatchedExport {
  const progress = aProgress('downloading');
  return {
    workflowId,
    progress: {
      ...progress,
      source: 'workflow',
      workflowId,
      days: { ...progress.days, done, total },
      problems: problems.map((problem) => ({ problem, since: '2026-10-10T00:00:00Z' })),
    },
  };
}

const three: WatchedExport[] = [
  watched('bulk-export-Messages-2026-10-01..2026-10-30', 12, 30),
  watched('bulk-export-Calls-2026-10-01..2026-10-30-to-lake', 366, 366, ['Twilio does not answer.', 'More.']),
  { workflowId: 'bulk-export-Participants-2026-10-01..2026-10-30', progress: null },
];

test('several exports are a bar each with its first problem, and a bar for all of them', () => {
  assert.deepEqual(barsText(three, { columns: 100, paint: plain }).split('\n'), [
    'Messages-2026-10-01..2026-10-30      ████████████░░░░░░░░░░░░░░░░░░   12/30 downloading',
    'Calls-2026-10-01..2026-10-30-to-lake ██████████████████████████████ 366/366 downloading',
    '  ! Twilio does not answer. (+1)',
    'Participants-2026-10-01..2026-10-30  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░     ?/? …',
    'Total                                ████████████████████████████░░ 378/396',
  ]);
  assert.equal(barsText(three.slice(0, 1), { columns: 100, paint: plain }).split('\n').length, 1);
});

test('in a narrower terminal the bars get shorter, then the names, then phase and bar go', () => {
  const first = (columns: number) => barsText(three, { columns, paint: plain }).split('\n')[0];
  assert.equal(first(70), 'Messages-2026-10-01..2026-10-30      █████░░░░░░░░   12/30 downloading');
  assert.match(first(50) ?? '', /^Messages-\S*…\S*10-30 ███░{5} {3}12\/30 downloading$/);
  assert.match(first(40) ?? '', /^Messages-\S*…\S*10-30 ███░{5} {3}12\/30$/);
  assert.equal(first(20), 'Messag…10-30   12/30');
});

test('no line is wider than the terminal, with 20 columns as with 200', () => {
  for (let columns = 20; columns <= 200; columns += 1)
    for (const line of barsText(three, { columns, paint: plain }).split('\n'))
      assert.ok(Array.from(line).length <= columns, `${columns}: ${line}`);
  for (let columns = 1; columns < 20; columns += 1) barsText(three, { columns, paint: plain });
});

test('letters that are two columns wide take the room of two, and those that have none take none', () => {
  const wide = [
    watched('十月の輸出👍🏽', 1, 2, ['e\u0301té: 満杯のディスクです']),
    watched('ｱｲｳe\u0301❤️', 2, 2),
  ];
  assert.deepEqual(barsText(wide, { columns: 40, paint: plain }).split('\n'), [
    '十月の輸出👍🏽 █████░░░░░░ 1/2 downloading',
    '  ! e\u0301té: 満杯のディスクです',
    'ｱｲｳe\u0301❤️       ███████████ 2/2 downloading',
    'Total        ████████░░░ 3/4',
  ]);
  assert.deepEqual(barsText(wide, { columns: 14, paint: plain }).split('\n'), [
    '十月…出👍🏽  1/2',
    '  ! e\u0301té: 満杯…',
    'ｱｲｳe\u0301❤️     2/2',
    'Total      3/4',
  ]);
});

test('the bar of one export fits its terminal, and goes where there is no room for it', () => {
  const { progress } = watched('id', 15, 30) as { progress: NonNullable<WatchedExport['progress']> };
  const line = (columns: number) => progressText(progress, plain, { columns }).split('\n')[1];
  assert.equal(line(80), `${'█'.repeat(15)}${'░'.repeat(15)} 15 of 30 days done`);
  assert.equal(line(30), '█████░░░░░░ 15 of 30 days done');
  assert.equal(line(20), '15 of 30 days done');
});

test('hostile names and problems stay on their lines', () => {
  const hostile = [watched('x\n\u001B[2J', 1, 2, ['a\nb\u202E']), ...three];
  const text = barsText(hostile, { columns: 80, paint: plain });
  assert.equal(text.split('\n').length, 7);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}]/u);
});

const colours: [env: NodeJS.ProcessEnv, inTerminal: boolean, elsewhere: boolean][] = [
  [{}, true, false],
  [{ NO_COLOR: '1' }, false, false],
  [{ NO_COLOR: '' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1', CLICOLOR_FORCE: '1' }, false, false],
  [{ FORCE_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '' }, true, false],
  [{ FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, false, false],
  [{ FORCE_COLOR: 'false' }, false, false],
  [{ CLICOLOR_FORCE: '1' }, true, true],
  [{ CLICOLOR_FORCE: '0' }, true, false],
  [{ CLICOLOR: '0' }, false, false],
  [{ CLICOLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, false, false],
  [{ TERM: 'dumb', FORCE_COLOR: '1' }, true, true],
];

for (const [env, inTerminal, elsewhere] of colours)
  test(`colours with ${JSON.stringify(env)}: ${inTerminal} in a terminal, ${elsewhere} elsewhere`, () => {
    assert.equal(wantsColours(env, { isTerminal: true }), inTerminal);
    assert.equal(wantsColours(env, { isTerminal: false }), elsewhere);
  });

test('what is painted comes out in colours where they are forced, and without them where they are not wanted', () => {
  for (const [env, expected] of [
    [{ FORCE_COLOR: '1' }, '\u001B[31mfailed\u001B[39m\n'],
    [{ NO_COLOR: '1' }, 'failed\n'],
    [{}, 'failed\n'],
  ] as const) {
    const stream = new Screen({ isTTY: false });
    const { show, paint } = createTerminal({ stdout: stream.out, stderr: stream.out, env, isJson: false });
    show(paint('red', 'failed'));
    assert.equal(stream.written, expected);
  }
});

test('a drawing is drawn anew in the new width when the window changes, and nothing of it stays behind', () => {
  const screen = new Screen({ isTTY: true, columns: 40, rows: 24 });
  const area = createLiveArea(screen.out);
  const asked: number[] = [];
  area.draw((columns) => {
    asked.push(columns);
    return `\u001B[31m${'a'.repeat(columns)}\u001B[39m\n${'b'.repeat(5)}`;
  });
  screen.written = '';
  screen.resize(20);
  assert.deepEqual(asked, [40, 20]);
  // 40 letters are two rows now; five letters are one; the cursor stands on the row below.
  assert.equal(screen.written.split('\u001B[1A').length - 1, 3);
  assert.ok(screen.written.includes(`${'a'.repeat(20)}\u001B[39m\n${'b'.repeat(5)}\n`), screen.written);

  screen.written = '';
  screen.resize(20);
  assert.equal(screen.written, '');
  area.end();
  screen.resize(60);
  assert.deepEqual(asked, [40, 20]);
  assert.equal(screen.events.listenerCount('resize'), 0);
});

test('of a drawing with wide letters nothing stays behind either', () => {
  const screen = new Screen({ isTTY: true, columns: 40, rows: 24 });
  const area = createLiveArea(screen.out);
  area.draw(() => '十月の輸出十月の輸出');
  screen.written = '';
  screen.resize(10);
  assert.equal(screen.written.split('\u001B[1A').length - 1, 2, 'ten letters are two rows now');
  area.end();
});

/** A stream that says that it is a terminal, and keeps what is written. */
class Screen {
  written = '';
  readonly events = new EventEmitter();
  readonly out: OutputStream;

  constructor(size: Pick<OutputStream, 'isTTY' | 'columns' | 'rows'>) {
    const write = (text: string) => {
      this.written += text;
      return true;
    };
    this.out = Object.assign(this.events, { write, ...size }) as unknown as OutputStream;
  }

  resize(columns: number): void {
    this.out.columns = columns;
    this.events.emit('resize');
  }
}
