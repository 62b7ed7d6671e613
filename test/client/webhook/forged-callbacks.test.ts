import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import twilio from 'twilio';
import {
  ACCOUNT,
  type Callback,
  FORM,
  formOf,
  getOf,
  jsonOf,
  judgementOf,
  OLD_TOKEN,
  OTHER_ACCOUNT,
  OTHER_TOKEN,
  PUBLIC_URL,
  targetOf,
  TOKEN,
  urlOf,
} from './signed-callback.ts';

const FORGERIES = 10_000;

it(`none of ${FORGERIES} callbacks that were changed on their way is let through`, (t) => {
  const met = new Map<string, number>();
  fc.assert(
    fc.property(anyCallback, anyCallback, anyChange, (callback, other, { change, name }) => {
      assert.deepEqual(judgementOf(callback), targetOf(callback), 'it is good before');
      const changed = change(callback, other);
      if (isSignedForTwilio(changed) || isSignedForTwilio({ ...changed, query: respelled(changed) })) {
        // The same words in another spelling: then it is for the same export, or it is turned away.
        const judged = judgementOf(changed);
        if (typeof judged === 'object' && changed.signature === callback.signature)
          assert.deepEqual(whereTo(judged), whereTo(targetOf(callback)));
        fc.pre(false);
      }
      met.set(name, (met.get(name) ?? 0) + 1);
      assert.equal(typeof judgementOf(changed), 'string', JSON.stringify(changed));
    }),
    { numRuns: FORGERIES },
  );
  t.diagnostic(JSON.stringify(Object.fromEntries(met)));
  assert.deepEqual([...met.keys()].toSorted(), Object.keys(changes).toSorted(), 'every change was tried');
});

/** The library's own judgement, by the tokens of the account that the URL names. */
function isSignedForTwilio({ method, query, contentType, signature, body }: Callback): boolean {
  const url = `${PUBLIC_URL}?${query}`;
  const account = new URLSearchParams(query).get('account')?.toLowerCase();
  const tokens =
    account === ACCOUNT.toLowerCase()
      ? [TOKEN, OLD_TOKEN]
      : account === OTHER_ACCOUNT.toLowerCase()
        ? [OTHER_TOKEN]
        : [];
  return tokens.some((token) => {
    if (method === 'GET') return twilio.validateRequest(token, signature, url, {});
    if (method !== 'POST') return false;
    if (contentType.startsWith('application/json'))
      return twilio.validateRequestWithBody(token, signature, url, body);
    return contentType.startsWith(FORM) && twilio.validateRequest(token, signature, url, fieldsOf(body));
  });
}

/** The query with its workflow id in the worker's spelling. */
function respelled({ query }: Callback): string {
  return query.replace(/(?<=&export=)[^&#]+/, (workflowId) => {
    try {
      const spelled = urlOf({ workflowId: decodeURIComponent(workflowId.replaceAll('+', ' ')) });
      return /(?<=&export=)[^&]+/.exec(spelled)?.[0] ?? '';
    } catch {
      return workflowId;
    }
  });
}

function fieldsOf(body: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(`&${body}`);
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

function whereTo({ accountSid, workflowId, firstExecutionRunId }: ReturnType<typeof targetOf>): string[] {
  return [accountSid, workflowId, firstExecutionRunId];
}

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
const anyUrl = fc
  .record({ workflowId: text, exportId: fc.uuid(), isOther: fc.boolean() })
  .map(({ workflowId, exportId, isOther }) => {
    const accountSid = isOther ? OTHER_ACCOUNT : ACCOUNT;
    return { url: urlOf({ workflowId, exportId, accountSid }), isOther };
  });
const anyCallback: fc.Arbitrary<Callback> = fc
  .record({
    of: anyUrl,
    kind: fc.constantFrom('form', 'get', 'json'),
    isOld: fc.boolean(),
    fields: fc.dictionary(fc.constantFrom('status', 'job_sid', 'a', 'Z', '1', 'é'), text, { maxKeys: 4 }),
  })
  .map(({ of: { url, isOther }, kind, isOld, fields }) => {
    const token = isOther ? OTHER_TOKEN : isOld ? OLD_TOKEN : TOKEN;
    if (kind === 'form') return formOf(fields, { url, token });
    if (kind === 'json') return jsonOf(fields, { base: url, token });
    return getOf({
      url: `${url}&${new URLSearchParams({ status: 'completed', ...fields }).toString()}`,
      token,
    });
  });

/** A place in a text, and what is put there; both are taken as they fit. */
const anySpot = fc.record({
  at: fc.nat(),
  letters: fc.string({ minLength: 1, maxLength: 3 }),
  part: fc.nat(2),
});
type Spot = typeof anySpot extends fc.Arbitrary<infer T> ? T : never;

const changes: Record<string, (callback: Callback, other: Callback, spot: Spot) => Callback> = {
  'letters replaced': (callback, _, spot) => inPart(callback, spot, 'replace'),
  'letters put in': (callback, _, spot) => inPart(callback, spot, 'insert'),
  'letters left out': (callback, _, spot) => inPart(callback, spot, 'delete'),
  'cut off': (callback, _, spot) => inPart(callback, spot, 'cut'),
  'the signature of another': (callback, { signature }) => ({ ...callback, signature }),
  // Its last letter leaves two bits unused: four spellings stand for the same bytes.
  'the signature in another spelling': (callback) => {
    const bytes = Buffer.from(callback.signature, 'base64');
    const longer = Buffer.concat([bytes, Buffer.of(0xff)]).toString('base64');
    return { ...callback, signature: `${longer.slice(0, 27)}=` };
  },
  'the URL of another': (callback, { query }) => ({ ...callback, query }),
  'the body of another': (callback, { body, contentType }) => ({ ...callback, body, contentType }),
  'another account': (callback) => ({
    ...callback,
    query: callback.query.startsWith(`account=${ACCOUNT}`)
      ? callback.query.replace(ACCOUNT, OTHER_ACCOUNT)
      : callback.query.replace(OTHER_ACCOUNT, ACCOUNT),
  }),
  'another method': (callback, _, { at }) => ({
    ...callback,
    method:
      ['GET', 'POST', 'PUT', 'HEAD', 'get', ''].filter((name) => name !== callback.method)[at % 5] ?? '',
  }),
  'another content type': (callback, _, { at }) => ({
    ...callback,
    method: 'POST',
    contentType: [FORM, 'application/json', 'multipart/form-data', 'text/plain', ''][at % 5] ?? '',
  }),
  'something more to the URL': (callback, _, { letters }) => ({
    ...callback,
    query: `${callback.query}&${letters}=`,
  }),
  'something more to the form': (callback, _, { letters }) => ({
    ...callback,
    body: `${callback.body}&${encodeURIComponent(letters)}=1`,
  }),
  'letters moved from the form to the URL': (callback, _, { at }) => {
    const fields = [...new URLSearchParams(`&${callback.body}`)].toSorted(([left], [right]) =>
      left < right ? -1 : 1,
    );
    const signed = fields.flat().join('');
    const length = 1 + (at % Math.max(1, signed.length));
    const query = `${callback.query}${signed.slice(0, length)}`;
    return { ...callback, query, body: new URLSearchParams([[signed.slice(length), '']]).toString() };
  },
  'letters moved from the URL to the form': (callback, _, { at }) => {
    const length = 1 + (at % 80);
    const moved = callback.query.slice(-length);
    const body = new URLSearchParams([[moved, ''], ...new URLSearchParams(`&${callback.body}`)]).toString();
    return { ...callback, query: callback.query.slice(0, -length), body, method: 'POST', contentType: FORM };
  },
};
const anyChange = fc
  .record({ name: fc.constantFrom(...Object.keys(changes)), spot: anySpot })
  .map(({ name, spot }) => ({
    name,
    change: (callback: Callback, other: Callback) => changes[name]!(callback, other, spot),
  }));

function inPart(
  callback: Callback,
  { at, letters, part }: Spot,
  how: 'replace' | 'insert' | 'delete' | 'cut',
): Callback {
  const name = (['query', 'signature', 'body'] as const)[part] ?? 'query';
  const whole = callback[name];
  const place = at % (whole.length + 1);
  const left = whole.slice(0, place);
  const right = whole.slice(place);
  const changed = {
    replace: left + letters + right.slice(letters.length),
    insert: left + letters + right,
    delete: left + right.slice(letters.length),
    cut: left,
  }[how];
  return { ...callback, [name]: changed };
}
