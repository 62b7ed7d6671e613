import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runChaos } from './run-chaos.ts';

it('nothing is lost and nothing left behind while workers are killed, the server goes away and Twilio is in trouble', async (t) => {
  const { violations, figures, folder } = await runChaos({
    exports: 6,
    mostDays: 2,
    seed: 'in the test suite',
    workers: 2,
    lifeMs: { minimum: 2_000, maximum: 5_000 },
    // On a busy machine workers that are killed for ever bring nothing to its end.
    mostKills: 4,
    // Fewer than in a whole run, where a day takes some ten attempts: the suite has not so much time.
    faultPercent: 3,
    serverRestarts: 1,
    continueAfterEvents: 100,
    atOnce: 6,
    limitMs: 300_000,
    keep: false,
    say: (line) => t.diagnostic(line),
  });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(violations, [], `histories, logs and files lie in ${folder}`);
  const { kills, serverRestarts, exports, faults, jobs } = figures;
  assert.ok(kills > 1, `${kills} workers were killed`);
  assert.equal(serverRestarts, 1);
  assert.equal(
    Object.values(exports).reduce((sum, count) => sum + count, 0),
    6,
  );
  assert.ok(Object.keys(faults).length > 5, JSON.stringify(faults));
  assert.ok(jobs.made > 3, `${jobs.made} jobs were made`);
});
