import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runChaos } from './run-chaos.ts';

it('nothing is lost and nothing left behind while workers are killed, the server goes away and Twilio is in trouble', async (t) => {
  const startedAtMs = performance.now();
  const { violations, figures, folder } = await runChaos({
    exports: EXPORTS,
    mostDays: 2,
    // None of its days is stuck or untold, which would take twelve seconds alone, and the terminated one has a job by then.
    seed: 'in the test suite, 3600',
    workers: 2,
    lifeMs: { minimum: 2_000, maximum: 5_000 },
    // On a busy machine workers that are killed for ever bring nothing to its end.
    mostKills: 1,
    // Fewer than in a whole run, where a day takes some ten attempts: the suite has not so much time.
    faultPercent: 3,
    into: 'disk',
    serverRestarts: 1,
    continueAfterEvents: 60,
    disturbedWithinMs: 4_000,
    quotaDayEndsAfterMs: 8_000,
    atOnce: EXPORTS,
    limitMs: 300_000,
    keep: false,
    say: (line) => t.diagnostic(`${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s: ${line}`),
  });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(violations, [], `histories, logs and files lie in ${folder}`);
  const { kills, serverRestarts, resets, pauses, exports, faults, jobs } = figures;
  // It must not go hollow.
  assert.ok(kills >= 1, `${kills} workers were killed`);
  assert.equal(serverRestarts, 1);
  assert.ok(resets >= 1, `${resets} workflows were reset`);
  assert.ok(pauses >= 1, `${pauses} activities were paused`);
  assert.equal(
    Object.values(exports).reduce((sum, count) => sum + count, 0),
    EXPORTS + 1,
  );
  assert.ok(figures.runs > EXPORTS + 1, `${figures.runs} runs: no export went on in a new one`);
  // The one with a short timeout may be faster than that.
  for (const ending of ['complete', 'cancelled', 'CANCELLED', 'TERMINATED'])
    assert.ok(ending in exports, `${ending} is not among ${JSON.stringify(exports)}`);
  assert.ok(Object.keys(faults).length > 5, JSON.stringify(faults));
  assert.ok(jobs.made > EXPORTS / 2, `${jobs.made} jobs were made`);
  assert.equal(jobs.reaped, 1, 'the job of the terminated export was reaped');
  assert.equal(jobs.strangers, 1);
  assert.equal(jobs.alive, 0);
  // On a machine so busy that no worker was up before Twilio's midnight nobody is refused.
  if (figures.quotaRefusals === 0) t.diagnostic('The day whose quota was spent was over too soon.');
});

const EXPORTS = 8;
