import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../workflows/calendar.ts';
import { InvalidExportInput, parseExportJobInput } from '../../workflows/input.ts';
import type { JsonEvent } from '../support/history-json.ts';
import { createClosedJudge, createJudge, readSchema } from '../support/judge-by-schema.ts';
import { HISTORIES, recordedVersions } from '../support/recorded-histories.ts';
import { makeSchemas, mapSchema, type Schema, SCHEMAS } from '../support/schemas.ts';

const judgeInput = createJudge('input');
const closed = {
  progress: createClosedJudge('progress'),
  result: createClosedJudge('result'),
  failure: createClosedJudge('failure'),
};
const GOOD = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-30' };
const NOW_MS = Date.parse('2026-11-22T12:00:00Z');

describe('the JSON Schemas of the package', () => {
  it('are what the types make: after a change of them, run npm run schemas', async () => {
    const made = makeSchemas();
    assert.deepEqual(
      (await readdir(SCHEMAS)).toSorted(),
      Object.keys(made)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
    for (const [name, text] of Object.entries(made))
      assert.equal(await readFile(join(SCHEMAS, `${name}.json`), 'utf8'), text, name);
  });

  it('say what each field of the input means, and its default', () => {
    const { properties } = readSchema('input');
    for (const [name, { description }] of Object.entries(properties!))
      if (!['resubmit', 'poll'].includes(name)) assert.ok(description, `${name} has no description`);
    assert.equal(properties!['timeout']!['default'], '14 days');
  });

  it('have no pattern that another language would not understand', () => {
    for (const name of ['input', 'progress', 'result', 'failure'] as const)
      mapSchema(readSchema(name), (node: Schema) => {
        assert.doesNotMatch(JSON.stringify(node['pattern'] ?? ''), /\\p\{|\(\?[<a-z]/, name);
        return node;
      });
  });

  it('take every input that the workflow takes', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        assert.doesNotThrow(() => parseExportJobInput(input, NOW_MS));
        assert.deepEqual(judgeInput(input), []);
      }),
    );
  });

  const refused: Record<string, unknown> = {
    'no day': { resourceType: 'Messages' },
    'another type': { ...GOOD, resourceType: 'messages' },
    'a day that is none': { ...GOOD, startDay: '2026-02-30' },
    'an unknown field': { ...GOOD, until: '2026-10-30' },
    'an unknown field within another': { ...GOOD, poll: { interval: 5 } },
    'a number that is too large': { ...GOOD, maxConcurrentDownloads: 51 },
    'a number that is not whole': { ...GOOD, resubmit: { maximumAttempts: 1.5 } },
    'a duration that is none': { ...GOOD, timeout: 'soon' },
    'a duration that is too short': { ...GOOD, poll: { minimumInterval: 1 } },
    'a name that is none': { ...GOOD, account: '../other' },
    'a name with a line break': { ...GOOD, friendlyName: 'a\nb' },
    'a webhook without its method': { ...GOOD, webhook: { url: 'https://example.com/' } },
    'another policy': { ...GOOD, foreignFiles: 'ignore' },
    'a text': 'Messages',
  };
  for (const [title, input] of Object.entries(refused))
    it(`refuse, as the workflow does, an input with ${title}`, () => {
      assert.throws(() => parseExportJobInput(input, NOW_MS), InvalidExportInput);
      assert.notDeepEqual(judgeInput(input), []);
    });

  it('describe the input, the result and the failure of every recorded export, and no field is missing', async () => {
    const seen = { inputs: 0, results: 0, failures: new Set<string>() };
    for await (const [name, { input, result, failure }] of recordedEnds()) {
      // One was recorded to be refused.
      if (name !== 'refused-input') assert.deepEqual(judgeInput(input), [], name);
      seen.inputs++;
      if (result !== undefined) {
        assert.deepEqual(closed.result(result), [], name);
        seen.results++;
      }
      // The refusal of this one is the story's own, without the details that Twilio's has.
      if (failure !== undefined && name !== 'refused-at-create') {
        assert.deepEqual(closed.failure(failure), [], name);
        seen.failures.add(failure.type);
      }
    }
    assert.ok(seen.inputs > 40 && seen.results > 15, JSON.stringify(seen));
    assert.deepEqual([...seen.failures].toSorted(), ['ExportIncomplete', 'ExportTimedOut', 'InvalidInput']);
  });

  it('turn down a result, or a failure, that is not as it should be', async () => {
    const ends = new Map<string, End>();
    for await (const [name, end] of recordedEnds()) ends.set(name, end);
    const result = ends.get('incomplete-and-allowed')!.result as Result;
    const [day] = result.days;
    const spoilt: unknown[] = [
      { ...result, outcome: 'done' },
      { ...result, manifest: undefined },
      { ...result, days: [{ ...day, day: '1 October' }] },
      { ...result, days: [{ ...day, outcome: 'lost' }] },
      { ...result, days: [{ ...day, records: -1 }] },
      { ...result, days: [{ ...day, sizeBytes: 0.5 }] },
      { ...result, days: [{ ...day, reused: { from: 'elsewhere' } }] },
      { ...result, jobs: [{ ...result.jobs[0], fate: 'lost' }] },
    ];
    for (const value of spoilt) {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      assert.notDeepEqual(createJudge('result')(plain), [], JSON.stringify(plain).slice(0, 200));
    }
    const judgeFailure = createJudge('failure');
    assert.deepEqual(judgeFailure({ type: 'ExportIncomplete', details: [result] }), []);
    for (const failure of [
      { type: 'ExportLost', details: [result] },
      { type: 'ExportIncomplete', details: [] },
      { type: 'ExportIncomplete', details: [{ inDoubt: true }] },
      { type: 'ExportRejected', details: [{ inDoubt: 'yes' }] },
      { type: 'InvalidInput', details: [{ faults: 'one' }] },
    ])
      assert.notDeepEqual(judgeFailure(failure), [], JSON.stringify(failure).slice(0, 200));
  });

  it('let fields pass that a newer version adds to what it tells, and none that a caller adds to what it asks', () => {
    const failure = { type: 'ExportRejected', details: [{ inDoubt: false, newer: 1 }], newer: 1 };
    assert.deepEqual(createJudge('failure')(failure), []);
    assert.notDeepEqual(closed.failure(failure), []);
    assert.notDeepEqual(judgeInput({ ...GOOD, newer: 1 }), []);
  });
});

interface Result {
  days: Record<string, unknown>[];
  jobs: Record<string, unknown>[];
}

/** How a recorded run began and ended. */
interface End {
  input: unknown;
  result?: unknown;
  failure?: { type: string; details: unknown[] };
}

async function* recordedEnds(): AsyncIterable<[name: string, end: End]> {
  for (const version of await recordedVersions())
    for (const file of await readdir(join(HISTORIES, version))) {
      const text = await readFile(join(HISTORIES, version, file), 'utf8');
      yield [file.replace('.json', ''), endOf((JSON.parse(text) as { events: Event[] }).events)];
    }
}

/** Of an event in proto JSON, what is read here. */
interface Event extends JsonEvent {
  workflowExecutionStartedEventAttributes?: { input: Payloads };
  workflowExecutionCompletedEventAttributes?: { result: Payloads };
  workflowExecutionFailedEventAttributes?: {
    failure: { applicationFailureInfo: { type: string; details?: Payloads } };
  };
}
interface Payloads {
  payloads: { data?: string }[];
}

function endOf(events: Event[]): End {
  const end: End = { input: decode(events[0]?.workflowExecutionStartedEventAttributes?.input)[0] };
  const last = events.at(-1);
  const completed = last?.workflowExecutionCompletedEventAttributes;
  const failed = last?.workflowExecutionFailedEventAttributes?.failure.applicationFailureInfo;
  if (completed) end.result = decode(completed.result)[0];
  if (failed) end.failure = { type: failed.type, details: decode(failed.details) };
  return end;
}

function decode(payloads: Payloads | undefined): unknown[] {
  return (payloads?.payloads ?? []).map(
    ({ data = '' }) => JSON.parse(Buffer.from(data, 'base64').toString()) as unknown,
  );
}

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
const duration = (minimumMs: number, maximumMs: number) =>
  fc.oneof(
    fc.integer({ min: minimumMs, max: maximumMs }),
    fc.constantFrom('5 minutes', '1.5 hours', '1h', '90 SECONDS', '1 Day', '60000', '.5d', '2 hrs'),
  );
const range = fc
  .tuple(fc.integer({ min: 2, max: 2_000 }), fc.integer({ min: 0, max: 365 }))
  .map(([age, length]) => {
    const endDay = addDays('2026-11-22', -age);
    return { startDay: addDays(endDay, -length), endDay };
  });
const optional = fc.record(
  {
    friendlyName: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 100 })
      .filter((text) => !/\p{Cc}/u.test(text)),
    webhook: fc.record({
      url: fc.oneof(
        fc.webUrl(),
        fc.webUrl().map((url) => url.replace(/^http/, 'HTTP')),
      ),
      method: fc.constantFrom('GET', 'POST'),
    }),
    email: fc.emailAddress(),
    account: name,
    destination: name,
    reuse: fc.constantFrom('never', 'published', 'available'),
    maxConcurrentDownloads: fc.integer({ min: 1, max: 50 }),
    deleteJob: fc.boolean(),
    resubmit: fc.record(
      { maximumAttempts: fc.integer({ min: 1, max: 20 }), cooldown: duration(0, 30 * 86_400_000) },
      { requiredKeys: [] },
    ),
    poll: fc.record({ maximumInterval: duration(10_000, 86_400_000) }, { requiredKeys: [] }),
    errorPatience: duration(1_000, 365 * 86_400_000),
    timeout: duration(1_000, 365 * 86_400_000),
    allowIncomplete: fc.boolean(),
    foreignFiles: fc.constantFrom('accept', 'refuse'),
  },
  { requiredKeys: [] },
);
const resourceType = fc.constantFrom('Messages', 'Calls', 'Conferences', 'Participants');
const inputs = fc
  .tuple(resourceType, range, optional)
  .map(([type, days, rest]) => Object.assign({ resourceType: type }, days, rest));
