import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { msToNumber } from '@temporalio/common/lib/time.js';
import type { Duration } from '@temporalio/common';
import { defaultSettings } from '../../activities/index.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const README = 'README.md';
const OPERATIONS = 'docs/operations.md';
const FAULTS = 'docs/failure-modes.md';

/** A number of the code, the time that the documents tell, and the words in which they do. */
type Figure = [name: string, is: () => Promise<number>, told: number, ...sentences: Sentence[]];
type Sentence = [path: string, words: string];

const figures: Figure[] = [
  [
    'settleMs',
    () => setting('settleMs'),
    MINUTE,
    [FAULTS, "It waits a minute, searches Twilio's jobs for its marker"],
    [OPERATIONS, 'gets another minute to settle at Twilio'],
  ],
  [
    'rateLimitedMs',
    () => setting('rateLimitedMs'),
    10 * SECOND,
    [FAULTS, 'It waits as `Retry-After` says, 15 minutes at most; about 10 seconds without one'],
  ],
  [
    'retryAfterCapMs',
    () => setting('retryAfterCapMs'),
    15 * MINUTE,
    [FAULTS, 'It waits as `Retry-After` says, 15 minutes at most'],
  ],
  [
    'dayAppearsWithinMs',
    () => setting('dayAppearsWithinMs'),
    10 * MINUTE,
    [FAULTS, 'After ten minutes it counts as expired, and the day is submitted again'],
  ],
  [
    'requestTimeoutMs',
    () => setting('requestTimeoutMs'),
    30 * SECOND,
    [FAULTS, 'It is given up after 30 seconds and tried again'],
  ],
  [
    'answerTimeoutMs',
    () => setting('answerTimeoutMs'),
    2 * MINUTE,
    [FAULTS, 'It is given up after two minutes and tried again'],
  ],
  [
    'stallMs',
    () => setting('stallMs'),
    MINUTE,
    [FAULTS, 'No bytes come for a minute'],
    [README, '| `BULK_EXPORTS_STALL_TIMEOUT` | `60 seconds` |'],
  ],
  ...['downloadExportDay', 'createExportJob'].map((activity): Figure => [
    `the heartbeat timeout of ${activity}`,
    () => heartbeatTimeout(activity),
    30 * SECOND,
    [OPERATIONS, 'a download or a create after 30 seconds'],
  ]),
  ...['watchExportJob', 'deleteExportJob'].map((activity): Figure => [
    `the heartbeat timeout of ${activity}`,
    () => heartbeatTimeout(activity),
    60 * SECOND,
    [OPERATIONS, 'a look or a DELETE after 60'],
  ]),
  [
    'SHUTDOWN_GRACE_TIME',
    () => shutdownTime('GRACE'),
    15 * SECOND,
    [OPERATIONS, 'wait until it has ended: 15 seconds for what is under way'],
    [OPERATIONS, 'is given back to Temporal after 15 seconds'],
    [FAULTS, 'It takes no more work and gives downloads 15 seconds'],
  ],
  [
    'SHUTDOWN_FORCE_TIME',
    () => shutdownTime('FORCE'),
    25 * SECOND,
    [OPERATIONS, '15 seconds for what is under way, 25 at the most'],
  ],
];

describe('a time that the documents tell is the one in the code', () => {
  for (const [name, is, told, ...sentences] of figures)
    it(`${name}, told as ${told / SECOND} seconds`, async () => {
      assert.equal(await is(), told);
      for (const [path, words] of sentences)
        assert.ok((await textOf(path)).includes(words), `${path} no longer says: ${words}`);
    });
});

async function setting(name: keyof typeof defaultSettings): Promise<number> {
  return defaultSettings[name];
}

/** From the source: in the sandbox alone it can be asked for. */
async function heartbeatTimeout(activity: string): Promise<number> {
  const source = await textOf('workflows/activity-options.ts');
  const declaration = source.split('export const ').find((part) =>
    part
      .split('} = proxyActivities')[0]
      ?.split(/[{},\s]+/)
      .includes(activity),
  );
  return durationAfter('heartbeatTimeout: ', declaration ?? '');
}

async function shutdownTime(kind: 'GRACE' | 'FORCE'): Promise<number> {
  return durationAfter(`const SHUTDOWN_${kind}_TIME = `, await textOf('worker/create-worker.ts'));
}

function durationAfter(words: string, source: string): number {
  const [, duration] = source.split(words)[1]?.split("'") ?? [];
  assert.ok(duration !== undefined, `nothing follows ${words}`);
  return msToNumber(duration as Duration);
}

/** Without the places where lines break and columns end. */
async function textOf(path: string): Promise<string> {
  return (await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')).replaceAll(/\s+/g, ' ');
}
