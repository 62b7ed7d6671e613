import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import twilio from 'twilio';
import { isSignedByTwilio } from '../../../client/webhook/twilio-signature.ts';
import {
  ACCOUNT,
  type Callback,
  FIELDS,
  FORM,
  formOf,
  getOf,
  jsonOf,
  judgementOf,
  judgeOf,
  OLD_TOKEN,
  OTHER_ACCOUNT,
  OTHER_TOKEN,
  PUBLIC_URL,
  queryOf,
  RUN,
  targetOf,
  TOKEN,
  urlOf,
  WORKFLOW,
} from './signed-callback.ts';

const kinds: [kind: string, make: (token: string) => Callback][] = [
  ['a form', (token) => formOf(FIELDS, { token })],
  ['a form without fields', (token) => formOf({}, { token })],
  ['a GET', (token) => getOf({ token })],
  ['JSON with its hash in the URL', (token) => jsonOf(FIELDS, { token })],
];

describe('the check of a callback', () => {
  for (const [kind, make] of kinds) {
    it(`takes ${kind} as Twilio signs it, and finds the export`, () => {
      const { accountSid, workflowId, firstExecutionRunId } = accepted(make(TOKEN));
      assert.deepEqual([accountSid, workflowId, firstExecutionRunId], [ACCOUNT, WORKFLOW, RUN]);
    });

    it(`takes ${kind} that the second of two tokens has signed, while they are rotated`, () => {
      accepted(make(OLD_TOKEN));
    });

    it(`refuses ${kind} that the token of another account has signed`, () => {
      assert.equal(judgementOf(make(OTHER_TOKEN)), 'signature');
    });
  }

  it('agrees with the signature that Twilio documents', () => {
    const fields = new URLSearchParams({
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675310',
      Digits: '1234',
      From: '+14158675310',
      To: '+18005551212',
    });
    const urls = ['https://example.com/myapp.php?foo=1&bar=2'];
    const signature = 'L/OH5YylLD5NRKLltdqwSvS0BnU=';
    assert.equal(isSignedByTwilio({ signature, authTokens: ['12345'], urls, fields }), true);
    assert.equal(isSignedByTwilio({ signature, authTokens: ['12346'], urls, fields }), false);
  });

  it('signs a field that comes twice as Twilio does: each value once, in order', () => {
    const url = urlOf();
    const signature = twilio.getExpectedTwilioSignature(TOKEN, url, {
      day: ['2', '1', '2'],
      a: 'x',
    } as never);
    accepted({ ...formOf(), signature, body: 'day=2&day=1&a=x&day=2' });
  });

  const forms: [publicUrl: string, signed: string][] = [
    ['https://hooks.example.com/hook', 'https://hooks.example.com/hook'],
    ['https://hooks.example.com/hook', 'https://hooks.example.com:443/hook'],
    ['https://hooks.example.com:443/hook', 'https://hooks.example.com:443/hook'],
    ['https://hooks.example.com:443/hook', 'https://hooks.example.com/hook'],
    ['https://hooks.example.com:8443/hook', 'https://hooks.example.com:8443/hook'],
    ['https://hooks.example.com:8443/hook', 'https://hooks.example.com/hook'],
    ['http://127.0.0.1/', 'http://127.0.0.1:80/'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1/'],
    ['https://hooks.example.com', 'https://hooks.example.com/'],
    ['https://Hooks.Example.COM/Hook/', 'https://hooks.example.com/Hook/'],
  ];
  for (const [publicUrl, signed] of forms)
    it(`takes what Twilio has signed as ${signed}, where ${publicUrl} is configured`, () => {
      const query = new URL(urlOf()).search;
      const callback = formOf(FIELDS, { url: `${signed}${query}` });
      assert.deepEqual(judgementOf(callback, judgeOf(publicUrl)), targetOf(callback));
    });

  it('refuses what Twilio has signed for another host, path or scheme of the same account', () => {
    const query = new URL(urlOf()).search;
    for (const signed of [
      'https://other.example.com/bulk-exports',
      'https://hooks.example.com/voice',
      'http://hooks.example.com/bulk-exports',
      'https://hooks.example.com:444/bulk-exports',
    ])
      assert.equal(judgementOf(formOf(FIELDS, { url: `${signed}${query}` })), 'signature', signed);
  });

  it('takes a form of a thousand fields, and no longer one, whoever has signed it', () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`day${index}`, `${index}`]));
    accepted(formOf(fields(1_000)));
    assert.equal(judgementOf(formOf(fields(1_001))), 'tooLarge');
  });

  // 64 kB have room for 17,000 names: to look each of them up among all the others takes seconds.
  it('goes through the fields of a form once, whatever their number', () => {
    let passes = 0;
    class CountedFields extends URLSearchParams {
      override getAll(name: string): string[] {
        passes += 1;
        return super.getAll(name);
      }
      override [Symbol.iterator](): ReturnType<URLSearchParams[typeof Symbol.iterator]> {
        passes += 1;
        return super[Symbol.iterator]();
      }
    }
    const fields = new CountedFields(
      Array.from({ length: 1_000 }, (_, index) => [`day${index}`, 'x'] as [string, string]),
    );
    isSignedByTwilio({ signature: formOf().signature, authTokens: [TOKEN], urls: [urlOf()], fields });
    assert.equal(passes, 1);
  });

  // As frameworks do that hand on a URL which they have parsed: '+' for '%20', '*' for '%2A'.
  it('takes what was spelled anew on its way, where Twilio has signed what the worker wrote', () => {
    const url = urlOf({ workflowId: "a b*c~d(e)!'ü" });
    for (const callback of [formOf(FIELDS, { url }), jsonOf(FIELDS, { base: url }), getOf({ url })]) {
      const query = new URLSearchParams(callback.query).toString();
      assert.notEqual(query, callback.query);
      assert.deepEqual(judgementOf({ ...callback, query }), targetOf(callback));
      const other = query.replace('a+b', 'a+c');
      assert.equal(judgementOf({ ...callback, query: other }), 'signature');
    }
  });

  it('takes what Twilio itself has spelled anew before it signed it', () => {
    const written = urlOf({ workflowId: "a b*c~d(e)!'ü" });
    const url = `${PUBLIC_URL}?${new URLSearchParams(queryOf(written)).toString()}`;
    assert.notEqual(url, written);
    const callback = formOf(FIELDS, { url });
    assert.deepEqual(judgementOf(callback), targetOf(callback));
  });

  it('takes an account for itself alone: its owner signs nothing for another one', () => {
    const url = urlOf({ accountSid: OTHER_ACCOUNT });
    assert.equal(judgementOf(formOf(FIELDS, { url, token: TOKEN })), 'signature');
    accepted(formOf(FIELDS, { url, token: OTHER_TOKEN }));
  });

  it('does not know an account of which it has no token', () => {
    const url = urlOf({ accountSid: `AC${'e'.repeat(32)}` });
    assert.equal(judgementOf(formOf(FIELDS, { url })), 'signature');
  });

  const refused: [what: string, callback: Callback, reason: string][] = [
    ['no signature', { ...formOf(), signature: '' }, 'signature'],
    [
      'two signatures',
      { ...formOf(), signature: `${formOf().signature}, ${formOf().signature}` },
      'signature',
    ],
    ['another method', { ...formOf(), method: 'PUT' }, 'method'],
    ['HEAD', { ...getOf(), method: 'HEAD' }, 'method'],
    ['another content type', { ...formOf(), contentType: 'text/plain' }, 'contentType'],
    ['no content type', { ...formOf(), contentType: '' }, 'contentType'],
    ['a form that is called JSON', { ...formOf(), contentType: 'application/json' }, 'notOurs'],
    ['JSON that is called a form', { ...jsonOf(), contentType: FORM }, 'notOurs'],
    ['a body that claims to be too long', { ...formOf(), contentLength: 65_537 }, 'tooLarge'],
    ['JSON of which the hash says otherwise', { ...jsonOf(), body: '{"status":"failed"}' }, 'signature'],
    ['a GET that is sent as a form', { ...getOf(), method: 'POST', contentType: FORM }, 'notOurs'],
    ['a form that is sent as a GET', { ...formOf(), method: 'GET' }, 'signature'],
    [
      'a URL that no worker has made',
      formOf(FIELDS, { url: 'https://hooks.example.com/bulk-exports?a=b' }),
      'notOurs',
    ],
    ['a field more', { ...formOf(), body: `${formOf().body}&more=1` }, 'signature'],
    ['a field less', { ...formOf(), body: 'status=completed' }, 'signature'],
    ['a question mark before the form', { ...formOf(), body: `?${formOf().body}` }, 'signature'],
  ];
  for (const [what, callback, reason] of refused)
    it(`refuses ${what}`, () => {
      assert.equal(judgementOf(callback), reason);
    });

  // The last letter of 28 carries four bits and leaves two unused: four texts stand for the same 20 bytes.
  it('refuses a signature that stands for the same bytes in another spelling', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const callback = formOf();
    const last = letters.indexOf(callback.signature.charAt(26));
    const signature = `${callback.signature.slice(0, 26)}${letters[last + 1]}=`;
    assert.deepEqual(Buffer.from(signature, 'base64'), Buffer.from(callback.signature, 'base64'));
    assert.equal(judgementOf({ ...callback, signature }), 'signature');
  });

  // Twilio signs the URL and the fields as one text: letters that move from the one to the other leave it as it is.
  it('lets nobody who has one good callback move letters between its fields and its URL', () => {
    const callback = formOf({ a: '-2', status: 'completed' });
    const texts = ['a', 'a-2', 'a-2status', 'a-2statuscompleted'];
    for (const moved of texts) {
      const left = 'a-2statuscompleted'.slice(moved.length);
      const url = `${urlOf()}${moved}`;
      const fields = left === '' ? {} : { [left]: '' };
      assert.equal(
        twilio.getExpectedTwilioSignature(TOKEN, url, fields),
        callback.signature,
        'it is the same text to Twilio',
      );
      const query = `${callback.query}${moved}`;
      const body = new URLSearchParams(fields).toString();
      assert.equal(judgementOf({ ...callback, query, body }), 'notOurs', moved);
      assert.equal(judgementOf({ ...callback, query, method: 'GET', body: '' }), 'notOurs', moved);
    }
    const shorter = callback.query.slice(0, -1);
    const field = `${callback.query.slice(-1)}a-2statuscompleted`;
    const taken = { ...callback, query: shorter, body: new URLSearchParams({ [field]: '' }).toString() };
    assert.equal(judgementOf(taken), 'notOurs');
  });
});

function accepted(callback: Callback): {
  accountSid: string;
  workflowId: string;
  firstExecutionRunId: string;
} {
  const judged = judgementOf(callback);
  assert.ok(typeof judged === 'object', `refused: ${JSON.stringify(judged)}`);
  return judged;
}
