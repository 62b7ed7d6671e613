import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from '../../simulator/index.ts';
import { basic, OTHER_ACCOUNT, startTwilio } from './caller.ts';
import type { Call } from './caller.ts';
import { completeDay, DAY, FORM } from './one-day.ts';
import { seededIds } from './seeded-ids.ts';
import type { SeededIds } from './seeded-ids.ts';
import { nodeProgram } from '../support/node-program.ts';

const OWN_ACCOUNT = { accountSid: TEST_ACCOUNT_SID, authToken: TEST_AUTH_TOKEN };

test('the same seed gives the same ids in another process, and another seed gives others', async () => {
  const [here, there, otherSeed] = await Promise.all([
    seededIds('one'),
    seededIdsOfAnotherProcess('one'),
    seededIds('two'),
  ]);
  assert.deepEqual(there, here);
  for (const kind of ['jobSids', 'signatures', 'requestIds'] as const) {
    const ids = [...here[kind], ...otherSeed[kind]];
    assert.equal(new Set(ids).size, ids.length, `${kind} are all different`);
  }
  assert.equal(new Set(here.storeRequestIds).size, 2, 'each answer of the store has an id of its own');
  const all = Object.values(here).flat();
  assert.ok(
    all.every((id) => typeof id === 'string' && /[0-9A-Fa-f]{16}$/.test(id)),
    `each is an id: ${all.join(', ')}`,
  );
});

test('how much else was asked changes no sid and no link', async () => {
  const ids = await Promise.all(
    [0, 3].map(async (others) => {
      await using twilio = await startTwilio({ credentials: [OWN_ACCOUNT, OTHER_ACCOUNT] });
      const ask = async (path: string, call?: Call): Promise<void> => {
        for (let count = 0; count < others; count += 1) {
          await twilio.api(path, call);
        }
      };
      const headers = { Authorization: basic(OTHER_ACCOUNT.accountSid, OTHER_ACCOUNT.authToken) };
      await ask('Messages/Jobs');
      await ask('Messages/Jobs', { form: FORM, headers });
      await ask('Calls/Jobs', { form: FORM });
      const jobSid = await completeDay(twilio);
      await ask(`Calls/Days/${DAY}`);
      return [jobSid, new URL(await twilio.link(DAY)).searchParams.get('X-Amz-Signature')];
    }),
  );
  assert.deepEqual(ids[0], ids[1]);
});

async function seededIdsOfAnotherProcess(seed: string): Promise<SeededIds> {
  const { path, execArgv } = nodeProgram(new URL('seeded-ids.ts', import.meta.url));
  const program = `
    const { seededIds } = await import(${JSON.stringify(path)});
    process.stdout.write(JSON.stringify(await seededIds(${JSON.stringify(seed)})));
  `;
  const options = [...execArgv, '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, '--eval', program]);
  return JSON.parse(stdout) as SeededIds;
}
