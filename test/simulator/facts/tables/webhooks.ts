import type { Fact } from '../switch-off.ts';

const webhooksTest = 'test/simulator/webhooks.test.ts';

const POST = 'a job that is over is told by a signed POST of form fields';
const GET = 'a GET carries the fields in its query, and the signature covers the whole URL';
const VECTOR = 'the signature is the one of the published vector';
const JSON_BODY = 'a JSON body is covered by bodySHA256 in the signed URL';
const NONE = 'a user may get no webhook and no mail at all';
const FORGED = 'the signature may be forged or missing';

/** Webhooks, signed and otherwise. */
export const WEBHOOK_FACTS: readonly Fact[] = [
  {
    fact: 'A webhook is called when a job is over.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'if (webhookUrl !== null && webhookMethod !== null) {',
      replace: "if (webhookUrl === '' && webhookMethod !== null) {",
    },
    test: webhooksTest,
    title: POST,
  },
  {
    fact: 'A webhook carries status=completed.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: "status: 'completed',",
      replace: "status: 'Completed',",
    },
    test: webhooksTest,
    title: POST,
  },
  {
    fact: 'A webhook is a POST of form fields.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: "body: form = 'form'",
      replace: "body: form = 'json'",
    },
    test: webhooksTest,
    title: POST,
  },
  {
    fact: 'A webhook is a GET where that was asked for, with its fields in the query.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: 'url.searchParams.append(name, value);',
      replace: '',
    },
    test: webhooksTest,
    title: GET,
  },
  {
    fact: 'The signature stands in X-Twilio-Signature.',
    mark: 'D',
    switchedOff: { file: 'simulator/webhooks.ts', find: "'X-Twilio-Signature'", replace: "'X-Signature'" },
    test: webhooksTest,
    title: POST,
  },
  {
    fact: 'The signature is an HMAC-SHA1 in base64.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhook-signature.ts',
      find: "createHmac('sha1', authToken)",
      replace: "createHmac('sha256', authToken)",
    },
    test: webhooksTest,
    title: VECTOR,
  },
  {
    fact: 'The signature covers the fields sorted by name.',
    mark: 'D',
    switchedOff: { file: 'simulator/webhook-signature.ts', find: '    .toSorted()\n', replace: '' },
    test: webhooksTest,
    title: VECTOR,
  },
  {
    fact: 'The signature covers the URL.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhook-signature.ts',
      find: '${fields[name]}`, url)',
      replace: "${fields[name]}`, '')",
    },
    test: webhooksTest,
    title: VECTOR,
  },
  {
    fact: 'The key of the signature is the Auth Token.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: ': account.authToken;',
      replace: ': account.accountSid;',
    },
    test: webhooksTest,
    title: POST,
  },
  {
    fact: 'For a GET the URL with its query is signed, and no field beside it.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: 'headers: sign(url.href, {})',
      replace: 'headers: sign(url.href, fields)',
    },
    test: webhooksTest,
    title: GET,
  },
  {
    fact: 'For a JSON body the URL carries its SHA-256.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: "const url = form === 'json' ? urlWithBodyHash(event.url, body) : event.url;",
      replace: 'const url = event.url;',
    },
    test: webhooksTest,
    title: JSON_BODY,
  },
  {
    fact: 'For a JSON body no field is signed.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: "...sign(url, form === 'json' ? {} : fields)",
      replace: '...sign(url, fields)',
    },
    test: webhooksTest,
    title: JSON_BODY,
  },
  {
    fact: 'A webhook may come four times.',
    mark: 'R',
    switchedOff: { file: 'simulator/webhooks.ts', find: 'time < times;', replace: 'time < 1;' },
    test: webhooksTest,
    title: 'one event may be delivered four times',
  },
  {
    fact: 'A webhook may never come.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: 'time < times;',
      replace: 'time < Math.max(1, times);',
    },
    test: webhooksTest,
    title: 'the webhook may never come',
  },
  {
    fact: 'A user may get no mail at all.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: "world.script.emails === 'never' ? [] : receivers",
      replace: 'receivers',
    },
    test: webhooksTest,
    title: NONE,
  },
  {
    fact: 'A user may get neither mail nor webhook.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: 'time < times;',
      replace: 'time < Math.max(1, times);',
    },
    test: webhooksTest,
    title: NONE,
  },
  {
    fact: 'A webhook may come without a signature: whether Bulk Exports signs is not documented.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/webhooks.ts',
      find: "signature === 'none' ? {}",
      replace: 'false ? {}',
    },
    test: webhooksTest,
    title: FORGED,
  },
];
