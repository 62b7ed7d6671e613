import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimLink, issueLink, parseLink } from '../../simulator/links.ts';
import type { World } from '../../simulator/world.ts';

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
  const of = { accountSid: 'AC1', resourceType: 'Messages', day: '2026-10-01', isExpired: false } as const;
  const links = Array.from({ length: 60_000 }, () => parseLink(issueLink(world, of)));

  assert.ok(world.links.size <= 50_001, `${world.links.size} links are remembered`);
  const claimed = (index: number) => claimLink(world, links.at(index) ?? { path: '', signature: '' });
  assert.deepEqual(claimed(0), { refused: 'unknown' });
  assert.equal('link' in claimed(-40_000), true);
  assert.deepEqual(claimed(-40_000), { refused: 'usedTwice' });
});
