import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceType } from '../../simulator/index.ts';
import { RESOURCE_TYPES } from '../../simulator/script.ts';
import { startTwilio } from './caller.ts';
import { metForms, possibleForms } from './openapi/described-forms.ts';
import { readDescription } from './openapi/description.ts';
import type { JsonObject } from './openapi/description.ts';
import { askForEveryAnswer, askThroughLife } from './openapi/every-answer.ts';
import { judgeExchange } from './openapi/judge-exchange.ts';
import type { Exchange, Verdict } from './openapi/judge-exchange.ts';

/** The operations of Twilio's own OpenAPI document. */
const TWILIOS_OPERATIONS = [
  'CreateExportCustomJob',
  'DeleteJob',
  'FetchDay',
  'FetchExport',
  'FetchExportConfiguration',
  'FetchJob',
  'ListDay',
  'ListExportCustomJob',
  'UpdateExportConfiguration',
];

const description = await readDescription();
const judge = (exchange: Exchange): Verdict => judgeExchange(description, exchange);

const walks = new Map<ResourceType, Promise<Exchange[]>>();

/** Asked for once, by whichever test comes first: all about Messages, and the life of jobs of the other types. */
function exchangesAbout(type: ResourceType): Promise<Exchange[]> {
  const walk = walks.get(type) ?? (type === 'Messages' ? askForEveryAnswer(type) : askThroughLife(type));
  walks.set(type, walk);
  return walk;
}

for (const type of RESOURCE_TYPES) {
  test(`every answer about ${type} is as the description says`, async () => {
    for (const exchange of await exchangesAbout(type)) {
      const { faults } = judge(exchange);
      const { method, path, reply } = exchange;
      assert.deepEqual(faults, [], `${method} ${path} ${reply.status} ${reply.bytes.toString('utf8')}`);
    }
  });
}

test('every status of every operation that the description has is met', async () => {
  const met = new Set((await exchangesAbout('Messages')).map((exchange) => judge(exchange).name));
  const described = description.operations.flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  );
  const all = [...described, 'elsewhere 204', 'elsewhere 401', 'elsewhere 404', 'elsewhere 405'];
  assert.deepEqual([...met].toSorted(), all.toSorted());
});

test('the description has every operation of the document of Twilio, and no other', () => {
  const described = description.operations.map(({ operationId }) => operationId);
  assert.deepEqual(described.toSorted(), TWILIOS_OPERATIONS);
});

test('every form that the description leaves open is met: null or not, empty or not, each word of a list', async () => {
  const met = new Set<string>();
  for (const exchange of (await Promise.all(RESOURCE_TYPES.map(exchangesAbout))).flat()) {
    const { body } = judge(exchange);
    for (const form of body ? metForms(description, body.schema, body.json) : []) {
      met.add(form);
    }
  }
  const possible = possibleForms(description);
  assert.ok(possible.has('#/components/schemas/Details/items/properties/days null'), 'days may be null');
  assert.deepEqual(
    [...possible].filter((form) => !met.has(form)),
    [],
  );
});

test('every header that need not come is met both with it and without it', async () => {
  const exchanges = await exchangesAbout('Messages');
  for (const [status, header] of [
    [429, 'retry-after'],
    [401, 'twilio-concurrent-requests'],
    [204, 'twilio-concurrent-requests'],
  ] as const) {
    const seen = exchanges
      .filter(({ reply }) => reply.status === status)
      .map(({ reply }) => reply.headers[header] !== undefined);
    assert.deepEqual(new Set(seen), new Set([true, false]), header);
  }
});

test('the link in the header and the link in the body are one', async () => {
  const redirects = (await exchangesAbout('Messages')).filter(({ reply }) => reply.status === 307);
  const links = redirects.map(({ reply }) => [
    reply.headers.location,
    (JSON.parse(reply.bytes.toString('utf8')) as JsonObject)['redirect_to'],
  ]);
  assert.ok(links.length > 0, 'redirects are met');
  assert.ok(
    links.every(([header, body]) => body === null || body === header),
    'one link',
  );
});

test('an answer with a property less, one more or one of another type is refused, wherever it is', async () => {
  let broken = 0;
  for (const exchange of ofEachForm(await exchangesAbout('Messages'))) {
    for (const { json, change } of brokenBodies(judge(exchange).body?.json)) {
      broken += 1;
      const reply = { ...exchange.reply, bytes: Buffer.from(JSON.stringify(json)) };
      const { name, faults } = judge({ ...exchange, reply });
      assert.notDeepEqual(faults, [], `${name} with ${change}`);
    }
  }
  assert.ok(broken > 1000, String(broken));
});

test('an answer with a header less, an unknown one or one of another form is refused', async () => {
  for (const exchange of ofEachForm(await exchangesAbout('Messages'))) {
    for (const headers of brokenHeaders(exchange.reply)) {
      const { name, faults } = judge({ ...exchange, reply: { ...exchange.reply, headers } });
      assert.notDeepEqual(faults, [], `${name} ${JSON.stringify(headers)}`);
    }
  }
});

test('a status, a path or a method that is not described is refused', async () => {
  const [exchange] = await exchangesAbout('Messages');
  assert.ok(exchange !== undefined, 'an exchange');
  assert.deepEqual(judge(exchange).faults, []);
  for (const change of [
    { reply: { ...exchange.reply, status: 202 } },
    { reply: { ...exchange.reply, status: 418 } },
    { path: '/v1/Exports/Messages/Weeks' },
    { path: '/v2/Exports/Messages' },
    { method: 'DELETE' },
  ]) {
    assert.notDeepEqual(judge({ ...exchange, ...change }).faults, [], JSON.stringify(change));
  }
});

test('a status of days that Twilio does not document is refused', async () => {
  await using twilio = await startTwilio({ script: { days: [{ statuses: [{ status: 'Paused' }] }] } });
  const path = `/v1/Exports/Jobs/${await twilio.createJob('2026-10-01', '2026-10-01')}`;
  const reply = await twilio.api(twilio.simulator.apiUrl + path);
  const { faults } = judge({ method: 'GET', path, reply });
  assert.match(faults.join(), /\/details\/0\/status/);
});

/** One of the exchanges that differ in texts and numbers alone. */
function ofEachForm(exchanges: Exchange[]): Exchange[] {
  const byForm = new Map<string, Exchange>();
  for (const exchange of exchanges) {
    const { name, body } = judge(exchange);
    const form = JSON.stringify(body?.json, (_key, value: unknown) =>
      typeof value === 'object' ? value : typeof value,
    );
    byForm.set(`${name} ${Object.keys(exchange.reply.headers).join()} ${form}`, exchange);
  }
  return [...byForm.values()];
}

/** Each way to break one object or list in a JSON document, at every depth. */
function* brokenBodies(
  json: unknown,
  put: (part: unknown) => unknown = (whole) => whole,
): Generator<{ json: unknown; change: string }> {
  if (typeof json !== 'object' || json === null) {
    return;
  }
  if (!Array.isArray(json)) {
    yield { json: put({ ...json, nonsense: 1 }), change: 'one property more' };
  }
  for (const [name, value] of Object.entries(json)) {
    const change = (part: unknown): unknown =>
      put(Array.isArray(json) ? json.with(Number(name), part) : { ...json, [name]: part });
    if (!Array.isArray(json)) {
      yield { json: change(undefined), change: `no ${name}` };
    }
    yield { json: change({ nonsense: 1 }), change: `an object as ${name}` };
    yield { json: change(wrong(value)), change: `a wrong ${name}` };
    yield* brokenBodies(value, change);
  }
}

/** A value of a type that no field may have beside that of this value. */
function wrong(value: unknown): unknown {
  return typeof value === 'string' || value === null ? 1.5 : 'seven';
}

/** Each way to break the headers of an answer. */
function* brokenHeaders({ status, headers }: Exchange['reply']): Generator<Exchange['reply']['headers']> {
  yield { ...headers, 'x-something': 'new' };
  for (const name of Object.keys(headers)) {
    const mayBeNobodys = status === 401 || (status === 204 && headers.allow !== undefined);
    const isOptional = name === 'retry-after' || (name === 'twilio-concurrent-requests' && mayBeNobodys);
    if (/^(date|twilio|access|location|allow|retry|www|content-type)/.test(name)) {
      yield { ...headers, [name]: '\0' };
      if (!isOptional) {
        yield { ...headers, [name]: undefined };
      }
    }
  }
}
