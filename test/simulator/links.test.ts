import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLink, issueLink, parseLink } from '../../simulator/links.ts';
import type { World } from '../../simulator/world.ts';
import { startTwilio } from './caller.ts';
import { completeDay, DAY } from './one-day.ts';

test('a link says when it was given out, by the clock of the simulator, and that it works for 240 seconds', async () => {
  await using twilio = await startTwilio();
  await completeDay(twilio);
  const stamps = async () => {
    const { searchParams } = new URL(await twilio.link(DAY));
    return ['X-Amz-Date', 'X-Amz-Expires', 'X-Amz-Credential'].map((name) => searchParams.get(name));
  };
  for (const [minutes, date, time] of [
    [0, '20261122', '110000'],
    [3, '20261122', '110300'],
    [24 * 60, '20261123', '110300'],
  ] as const) {
    twilio.minutes(minutes);
    const [amzDate, expires, credential = ''] = await stamps();
    assert.deepEqual([amzDate, expires], [`${date}T${time}Z`, '240']);
    assert.match(String(credential), new RegExp(`/${date}/us-east-1/s3/aws4_request$`));
  }
});

test('a simulator that runs for long forgets its oldest links, and none of the last 40,000', () => {
  let number = 0;
  const world = {
    clock: { now: () => 0 },
    seed: 'links',
    links: new Map(),
    counts: { links: { issued: 0, used: 0, usedTwice: 0, expired: 0, unknown: 0 } },
    limits: { linkMinimumMs: 0 },
    urls: { api: '', store: '' },
    nextNumber: () => (number += 1),
  } as unknown as World;
  const of = { accountSid: 'AC1', resourceType: 'Messages', day: '2026-10-01', state: 'good' } as const;
  const links = Array.from({ length: 60_000 }, () => parseLink(issueLink(world, of)));

  assert.ok(world.links.size <= 50_001, `${world.links.size} links are remembered`);
  const checked = (index: number) => checkLink(world, links.at(index) ?? { path: '', signature: '' });
  assert.deepEqual(checked(0), { refused: 'unknown' });
  assert.equal('link' in checked(-40_000), true);
});
