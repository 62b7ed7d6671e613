import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobPicture, WatchExportJobInput } from '../../activities/index.ts';
import { listenOnLoopback } from './loopback.ts';
import { identity, quickSettings, startRig } from './rig.ts';

const AS_OF = '2026-10-10T12:00:00.000Z';
const seen: JobPicture = {
  asOf: AS_OF,
  days: { Submitted: ['2026-10-01'] },
  byStatus: { Submitted: 1 },
  over: false,
  gone: false,
  jobQueuePosition: null,
  estimatedCompletionTime: null,
  problems: [],
};
const watch: WatchExportJobInput = {
  ...identity,
  jobSid: `JS${'1'.repeat(32)}`,
  friendlyName: 'x',
  startDay: '2026-10-01',
  endDay: '2026-10-01',
  createdAt: AS_OF,
  seen,
  firstLook: 'now',
  returnUnchanged: false,
  poll: { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 },
};

test('a look that Twilio refuses is a problem that is shown once, and asked about slowly', async (t) => {
  const twilioUrl = await listenOnLoopback(t, (_request, response) => {
    response.writeHead(400, { 'twilio-request-id': 'RQ1', 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 20001, message: 'Not like this', status: 400 }));
  });
  const rig = await startRig(t, { twilioUrl });

  const { result } = await rig.run('watchExportJob', watch);
  assert.equal(result?.problems[0]?.type, 'TwilioRejected');
  assert.match(
    result.problems[0].problem,
    /Twilio answered 400 \(code 20001, "Not like this", request id RQ1\).*Twilio's support asks for the request id/,
  );
  assert.deepEqual([result.days, result.over, result.problems.length], [seen.days, false, 1]);

  const { failure } = await rig.run('watchExportJob', { ...watch, seen: result });
  assert.deepEqual(
    [failure?.type, failure?.nonRetryable, failure?.nextRetryDelay],
    ['TwilioUnavailable', false, watch.poll.maximumIntervalMs],
  );
  assert.ok(quickSettings.slowRetryMs !== watch.poll.maximumIntervalMs, 'the interval is that of the export');
});
