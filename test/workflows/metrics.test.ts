import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExportOutcome } from '../../workflows/api.ts';
import type { Ending } from '../../workflows/ending.ts';
import { outcomeOf } from '../../workflows/metrics.ts';

const limit = { whose: '', advice: '' };
const endings: [ending: Ending, result: 'complete' | 'incomplete' | 'cancelled', outcome: ExportOutcome][] = [
  [{ kind: 'everyDayIsOver' }, 'complete', 'complete'],
  [{ kind: 'everyDayIsOver' }, 'incomplete', 'incomplete'],
  [{ kind: 'cancelled' }, 'cancelled', 'cancelled'],
  [{ kind: 'timedOut', limit }, 'incomplete', 'timedOut'],
  [{ kind: 'refused', error: null }, 'incomplete', 'refused'],
  [{ kind: 'failed', error: null }, 'incomplete', 'failed'],
];

for (const [ending, result, outcome] of endings)
  test(`an export that ends as ${ending.kind}, ${result}, is counted as ${outcome}`, () => {
    assert.equal(outcomeOf(ending, { outcome: result }), outcome);
  });
