import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobPicture } from '../../activities/api.ts';
import { closeJob, enterPicture, enterSubmission } from '../../workflows/bookkeeping.ts';
import { carryLedger, takeOverLedger } from '../../workflows/carried-ledger.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { type JobRecord, type Ledger, openLedger } from '../../workflows/ledger.ts';
import { NOW, pictureOf } from './played-export.ts';

const range = { startDay: '2026-05-01', endDay: '2026-05-02' };
const request = parseExportJobInput({ resourceType: 'Calls', ...range }, Date.parse(NOW));

describe('a job that is gone', () => {
  it('by the first look since a reset was deleted before that, and its days go out again', () => {
    for (const picture of [GONE, DELETED]) {
      const { ledger, job } = submitted('first run');
      look(ledger, job, { ...picture, inRun: 'run of the reset' });
      assert.deepEqual(stagesAtTheEnd(ledger, job), ['toSubmit', 'toSubmit']);
      assert.match(ledger.days[0]?.problem ?? '', /The job was deleted before the export was reset/);
    }
  });

  it('by a later look was deleted after the reset, by somebody else', () => {
    const { ledger, job } = submitted('first run');
    look(ledger, job, { ...ALIVE, inRun: 'run of the reset' });
    look(ledger, job, { ...GONE, inRun: 'run of the reset' });
    assert.deepEqual(stagesAtTheEnd(ledger, job), ['deleted', 'deleted']);
  });

  it('in the same run was deleted by somebody else, also where the export went on in a new run of its own accord', () => {
    const { ledger, job } = submitted('first run');
    look(ledger, job, { ...ALIVE, inRun: 'first run' });
    const next = takeOverLedger(carryLedger(ledger, 'first run'), 'second run');
    look(ledger, job, { ...GONE, inRun: 'first run' });
    assert.deepEqual(stagesAtTheEnd(ledger, job), ['deleted', 'deleted']);
    const [carried] = next.jobs;
    assert.ok(carried, 'the job is carried over');
    look(next, carried, { ...GONE, inRun: 'second run' });
    assert.deepEqual(stagesAtTheEnd(next, carried), ['deleted', 'deleted']);
  });

  it('by the first look since a reset was deleted before that, also where the export had gone on in a new run', () => {
    const { ledger, job } = submitted('first run');
    look(ledger, job, { ...ALIVE, inRun: 'first run' });
    const next = takeOverLedger(carryLedger(ledger, 'first run'), 'second run');
    const [carried] = next.jobs;
    assert.ok(carried, 'the job is carried over');
    look(next, carried, { ...GONE, inRun: 'run of the reset' });
    assert.deepEqual(stagesAtTheEnd(next, carried), ['toSubmit', 'toSubmit']);
  });

  it('was deleted by somebody else where a worker of a version before does not say in which run it looked', () => {
    const { ledger, job } = submitted('first run');
    look(ledger, job, GONE);
    assert.deepEqual(stagesAtTheEnd(ledger, job), ['deleted', 'deleted']);
  });
});

const DAYS = [range.startDay, range.endDay];

const ALIVE = pictureOf({ Submitted: DAYS });
const GONE = pictureOf({}, { over: true, gone: true });
const DELETED = pictureOf({ DeletedByUserRequest: DAYS }, { over: true });

function submitted(inRun: string): { ledger: Ledger; job: JobRecord } {
  const ledger = openLedger({ ...range, reuse: 'never' }, NOW);
  const job = enterSubmission(ledger, range, NOW);
  Object.assign(job, { jobSid: 'JS1', createdAt: NOW, workedAt: NOW, inRun });
  return { ledger, job };
}

function look(ledger: Ledger, job: JobRecord, picture: JobPicture): void {
  enterPicture(ledger, job, picture, NOW);
}

function stagesAtTheEnd(ledger: Ledger, job: JobRecord): string[] {
  closeJob(ledger, job, request, NOW);
  return ledger.days.map(({ stage, outcome }) => outcome ?? stage);
}
