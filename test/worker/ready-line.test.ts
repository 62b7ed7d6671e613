import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWorkerConfig } from '../../worker/config.ts';
import { describeWorker } from '../../worker/main.ts';

const needed = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-token' };

function lineOf(env: Record<string, string>): string {
  const config = readWorkerConfig({ ...needed, ...env });
  return describeWorker({ config, address: 'localhost:7233', namespace: 'default' });
}

test('the ready line names accounts and destinations, and of the settings none that is as usual', () => {
  const line = lineOf({});
  assert.match(
    line,
    /^The worker is ready \[task queue bulk-exports, namespace default, Temporal localhost:7233\]: accounts default; destinations default \(file:.*\); 8 downloads at a time\.$/,
  );
  assert.doesNotMatch(line, /a-token/);
});

const changed: Record<string, string> = {
  TWILIO_BULKEXPORTS_URL: 'http://127.0.0.1:4010',
  BULK_EXPORTS_PUBLIC_URL: 'https://hooks.example.com/',
  BULK_EXPORTS_REQUESTS_PER_ACCOUNT: '2',
  BULK_EXPORTS_ACTIVITIES_PER_SECOND: '0.5',
  BULK_EXPORTS_STALL_TIMEOUT: '10 seconds',
  BULK_EXPORTS_QUOTA_DAY: '1 minute',
  BULK_EXPORTS_METRICS_ADDRESS: '127.0.0.1:9464',
  BULK_EXPORTS_OTLP_ENDPOINT: 'http://collector:4318',
  BULK_EXPORTS_QUOTA_REJECTION: 'status=403',
};

for (const [variable, value] of Object.entries(changed))
  test(`the ready line names ${variable} where it is set otherwise`, () => {
    const shown = variable === 'BULK_EXPORTS_QUOTA_REJECTION' ? variable : `${variable} ${value}`;
    const line = lineOf({ [variable]: value });
    assert.ok(line.endsWith(`8 downloads at a time; set otherwise: ${shown}.`), line);
  });
