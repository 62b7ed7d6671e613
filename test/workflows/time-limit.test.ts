import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timeLimitOf } from '../../workflows/time-limit.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-06-01T00:00:00.000Z');
const at = (hours: number) => new Date(START_MS + hours * HOUR_MS);

describe('the time of an export', () => {
  const cases: [title: string, engine: { run?: number; execution?: number }, kind: string, hours: number][] =
    [
      ['is its own timeout where the engine has been told none', {}, 'timeout', 48],
      ['is its own timeout where that of a run leaves the clean-up its hour', { run: 49 }, 'timeout', 48],
      ['ends an hour before that of a run', { run: 48 }, 'engineTimeout', 47],
      ['ends an hour before that of the execution', { execution: 24 }, 'engineTimeout', 23],
      ['ends before the earlier of both', { run: 30, execution: 24 }, 'engineTimeout', 23],
      ['ends a tenth before one that is short', { run: 2 }, 'engineTimeout', 1.8],
    ];
  for (const [title, { run, execution }, kind, hours] of cases)
    it(title, () => {
      const limit = timeLimitOf(at(48).toISOString(), {
        runStartTime: at(0),
        ...(run !== undefined && { runTimeoutMs: run * HOUR_MS }),
        ...(execution !== undefined && { executionExpirationTime: at(execution) }),
      });
      assert.deepEqual(limit, { kind, endsAt: at(hours).toISOString() });
    });
});
