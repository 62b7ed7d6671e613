import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  PUBLIC_URL_RULE as WORKERS_RULE,
  readPublicUrl as readByWorker,
} from '../../../activities/webhook-url.ts';
import { PUBLIC_URL_RULE, readPublicUrl } from '../../../client/webhook/public-url.ts';
import { readCallbackTarget, spellAsWritten } from '../../../client/webhook/callback-target.ts';
import { ACCOUNT, queryOf, RUN, urlOf } from './signed-callback.ts';

const length = { minLength: 1, maxLength: 100 };
const anyId = fc.oneof(
  fc.string({ unit: 'binary', ...length }),
  fc.string({ unit: 'grapheme-ascii', ...length }),
  fc.string({ unit: fc.constantFrom(...` +~!'()*%&=?#/`.split('')), ...length }),
);

it('what a worker writes into the URL the receiver reads out of it, whatever the workflow id is', () => {
  fc.assert(
    fc.property(anyId, fc.uuid(), (workflowId, exportId) => {
      const read = readCallbackTarget(queryOf(urlOf({ workflowId, exportId })));
      assert.deepEqual(read, { accountSid: ACCOUNT, workflowId, firstExecutionRunId: exportId, rest: '' });
    }),
  );
});

it('nobody on the way has a reason to write the URL of a worker otherwise', () => {
  fc.assert(
    fc.property(anyId, (workflowId) => {
      const url = urlOf({ workflowId });
      assert.equal(new URL(url).href, url);
      assert.match(url, /^[\w.%:/?=&-]+$/);
    }),
  );
});

it('a sender that writes the query anew, as a form, means the same export', () => {
  fc.assert(
    fc.property(anyId, (workflowId) => {
      const query = new URLSearchParams(queryOf(urlOf({ workflowId }))).toString();
      assert.equal(readCallbackTarget(query)?.workflowId, workflowId);
    }),
  );
});

it('a query is spelled as the worker has written it, whoever has spelled it anew, and whatever stands behind it', () => {
  fc.assert(
    fc.property(anyId, fc.constantFrom('', '&bodySHA256=1', '&a=*'), (workflowId, rest) => {
      const written = queryOf(urlOf({ workflowId }));
      const received = new URLSearchParams(written).toString();
      for (const query of [written, received])
        assert.equal(spellAsWritten(`${query}${rest}`), `${written}${rest}`);
    }),
  );
});

const good = queryOf(urlOf());
const others: Record<string, string> = {
  'no query': '',
  'no run': good.slice(0, good.indexOf('&run')),
  'a run that is longer': `${good}0`,
  'a run that is shorter': good.slice(0, -1),
  'another order': `export=x&account=${ACCOUNT}&run=${RUN}`,
  'something before it': `a=b&${good}`,
  'no workflow id': `account=${ACCOUNT}&export=&run=${RUN}`,
  'a workflow id that is no text': `account=${ACCOUNT}&export=%E0%A4%A&run=${RUN}`,
  'an account that is none': `account=SK${'1'.repeat(32)}&export=x&run=${RUN}`,
  'a line break at its end': `${good}\n`,
};
for (const [what, query] of Object.entries(others))
  it(`${what} is no URL of a worker`, () => {
    assert.equal(readCallbackTarget(query), null);
    assert.equal(spellAsWritten(query), query);
  });

// Each has the rule for itself, as neither may import the other; a URL that one alone takes would lose every webhook.
it('workers and receivers take the same public URLs, by rules of the same words', () => {
  const urls = [
    'https://hooks.example.com',
    'https://hooks.example.com:8443/bulk-exports/',
    'http://127.0.0.1:8080/hook',
    'http://[::1]:8080/',
    'http://localhost/',
    'http://127.1/',
    'http://hooks.example.com/',
    'http://localhost.example.com/',
    'ftp://hooks.example.com/',
    'https://me@hooks.example.com/',
    'https://:secret@hooks.example.com/',
    'https://hooks.example.com/?',
    'https://hooks.example.com/?a=b',
    'https://hooks.example.com/#',
    'hooks.example.com',
    '',
  ];
  for (const url of urls) assert.deepEqual(readPublicUrl(url), readByWorker(url), url);
  assert.equal(PUBLIC_URL_RULE.replace('this receiver', 'the webhook receiver'), WORKERS_RULE);
});
