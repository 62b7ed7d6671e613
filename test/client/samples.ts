import type {
  ExportJobInput,
  ExportJobResult,
  ExportPhase,
  ExportProgress,
  JobSighting,
} from '../../workflows/api.ts';

export function anInput(friendlyName: string, over: Partial<ExportJobInput> = {}): ExportJobInput {
  return { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-02', friendlyName, ...over };
}

export function aProgress(phase: ExportPhase): ExportProgress {
  return {
    phase,
    resourceType: 'Messages',
    startDay: '2026-10-01',
    endDay: '2026-10-02',
    days: { total: 2, downloaded: 1, empty: 0, failed: 0, deleted: 0, reused: 0, byStatus: { Running: 1 } },
    sizeBytes: 1_234,
    records: 10,
    jobs: [
      {
        jobSid: 'JS1',
        startDay: '2026-10-01',
        endDay: '2026-10-02',
        byStatus: { Running: 1, Completed: 1 },
        jobQueuePosition: null,
        estimatedCompletionTime: null,
        asOf: '2026-10-10T00:00:00.000Z',
      },
    ],
    problems: [],
    result: null,
  };
}

export function aResult(outcome: ExportJobResult['outcome']): ExportJobResult {
  const second = { complete: 'empty', incomplete: 'failed', cancelled: 'cancelled' } as const;
  const totals = { days: 2, downloaded: 1, empty: 0, failed: 0, deleted: 0, cancelled: 0 };
  return {
    outcome,
    resourceType: 'Messages',
    startDay: '2026-10-01',
    endDay: '2026-10-02',
    days: [
      {
        day: '2026-10-01',
        outcome: 'downloaded',
        location: 'file:///exports/day=2026-10-01/part-0.json.gz',
        sizeBytes: 1_234,
        records: 10,
        sha256: 'a'.repeat(64),
        jobSid: 'JS1',
        attempts: 1,
      },
      { day: '2026-10-02', outcome: second[outcome], sizeBytes: 0, records: 0, jobSid: 'JS1', attempts: 1 },
    ],
    jobs: [{ jobSid: 'JS1', startDay: '2026-10-01', endDay: '2026-10-02', fate: 'deleted' }],
    totals: { ...totals, [second[outcome]]: 1, sizeBytes: 1_234, records: 10 },
    manifest: 'file:///exports/_manifests/x/y.json',
    notCleaned: [],
  };
}

/** As `exportJob` names them in the details of `InvalidInput`. */
export const FAULTS = ['startDay must be a day', 'endDay must be a day'];

/** What a later look at the job of {@link aProgress} saw. */
export const LATER_SIGHTING: JobSighting = {
  jobSid: 'JS1',
  asOf: '2026-10-10T01:00:00.000Z',
  byStatus: { Running: 1, Completed: 1 },
  jobQueuePosition: '7',
  estimatedCompletionTime: '2026-10-10T02:00:00.000Z',
};

/** Since when the create of the story `create` fails, as its heartbeats say. */
export const FAILING_SINCE = '2026-10-10T00:30:00.000Z';
