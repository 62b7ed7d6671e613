/** A small world in which nothing is wrong, on a real disk, for the tests of the check: each breaks it in one point. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type {
  AskedExport,
  Evidence,
  JobEvidence,
  LedgerEvidence,
  WorkflowEvidence,
} from './check/evidence.ts';
import type { Receipt, ReceiptDay } from './check/receipt.ts';

/** The token of the world's only secret. */
export const PLANTED_TOKEN = 'c0ffee'.repeat(6);

/** An evidence of which every part may be changed, and the same things by name. */
export interface HealthyWorld extends Evidence {
  workflows: Map<string, WorkflowEvidence>;
  strangers: Set<string>;
  resets: Map<string, string[]>;
  /** The path of a file below the destination. */
  at: (path: string) => string;
  /** Of the export of this workflow id. */
  asked1: (workflowId: string) => AskedExport;
  workflow: (workflowId: string) => WorkflowEvidence;
  job: (workflowId: string) => JobEvidence;
  /** A job of somebody else in an account of ours. */
  stranger: JobEvidence;
  /** Writes the manifest of an export anew, after a change of its receipt. */
  rewriteManifest: (workflowId: string, change: (receipt: Receipt) => void) => Promise<void>;
  /** Changes the receipt in the result or the failure, and in the manifest. */
  changeReceipt: (workflowId: string, change: (receipt: Receipt) => void) => Promise<void>;
}

/** Files and evidence of eight exports that ended each in its own way. */
export async function createHealthyWorld(folder: string): Promise<HealthyWorld> {
  const destination = join(folder, 'destination');
  const logs = join(folder, 'logs');
  await write(join(logs, 'worker-1.log'), 'The worker is ready.\n');
  const asked: AskedExport[] = [];
  const workflows = new Map<string, WorkflowEvidence>();
  const jobs: JobEvidence[] = [];
  const leftBeforeLast: string[] = [];

  for (const [index, story] of STORIES.entries()) {
    const firstRunId = `0000-${index}`;
    const accountSid = `AC${String(index).repeat(32)}`;
    const days = story.outcomes.map((_, number) => `2024-05-0${number + 1}`);
    const one: AskedExport = {
      workflowId: story.workflowId,
      accountSid,
      resourceType: 'Messages',
      startDay: days[0] ?? '',
      endDay: days.at(-1) ?? '',
      maximumAttempts: 2,
      deleteJob: true,
      allowIncomplete: false,
      disturbance: 'none',
      mayBeRefused: false,
      ...story.asked,
    };
    asked.push(one);
    const submissions = story.submissions ?? 1;
    const ours = Array.from({ length: submissions }, (_, number) => jobOf(one, firstRunId, number + 1));
    jobs.push(...ours);
    const receipt = receiptOf({ destination, days, one, jobs: ours, story });
    for (const { day, outcome } of receipt.days)
      if (outcome === 'downloaded') await write(join(destination, pathOf(one, day)), bytesOf(one, day));
    if (story.status === 'TERMINATED') {
      leftBeforeLast.push(join(dirname(pathOf(one, days[0] ?? '')), `_half-${hashOf(firstRunId)}-AA-00`));
    } else if (submissions > 0) {
      await write(
        join(destination, '_manifests', one.workflowId, `${firstRunId}.json`),
        JSON.stringify(receipt),
      );
    }
    workflows.set(one.workflowId, {
      firstRunId,
      runs: 1,
      status: story.status,
      result: story.status === 'COMPLETED' ? structuredClone(receipt) : null,
      failure:
        story.failure === undefined
          ? null
          : {
              type: story.failure,
              message: 'It failed.',
              details: submissions > 0 ? [structuredClone(receipt)] : [],
            },
      signals: story.signals ?? [],
      cancelRequested: story.cancelRequested ?? false,
      events: [{ eventId: 1 }],
      abandoned: [],
      description: { status: story.status },
    });
  }

  const stranger: JobEvidence = {
    ...(jobs[0] ?? jobOf(asked[0] as AskedExport, '', 1)),
    jobSid: 'JS-stranger',
    friendlyName: 'of somebody else',
    startDay: '2016-01-01',
    endDay: '2016-01-12',
    state: 'over',
    deletedAt: null,
  };
  jobs.push(stranger);
  const orphans = jobs.filter(({ jobSid }) => jobSid === 'JS-terminated-1');
  const beforeReaping = (): LedgerEvidence => ({
    jobs: jobs.map((job) =>
      orphans.includes(job) ? { ...job, state: 'alive', deletedAt: null } : { ...job },
    ),
    authorizationAtStore: 0,
  });

  const find = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`The healthy world has no ${what}.`);
    return value;
  };
  const workflow = (workflowId: string): WorkflowEvidence => find(workflows.get(workflowId), workflowId);
  const asked1 = (workflowId: string): AskedExport =>
    find(
      asked.find((one) => one.workflowId === workflowId),
      workflowId,
    );
  const world: HealthyWorld = {
    asked,
    workflows,
    ledger: { jobs, authorizationAtStore: 0 },
    sightings: [orphans, []],
    strangers: new Set([stranger.jobSid]),
    resets: new Map([['reset', [RESET_AT]]]),
    reaping: {
      before: beforeReaping(),
      after: beforeReaping(),
      orphans: orphans.map(({ jobSid }) => jobSid),
      reaped: orphans.map(({ jobSid }) => jobSid),
      failures: [],
    },
    openAtLimit: new Set<string>(),
    leftBeforeLast,
    truthOf: (of) => (of.day.endsWith('02') ? 'empty' : [versionOf(bytesOf(of, of.day))]),
    destination,
    locations: `${pathToFileURL(destination).href}/`,
    leftOnTheWay: [],
    logs,
    secrets: { 'the token': PLANTED_TOKEN },
    patterns: { 'a signature': /X-Amz-Signature/ },
    authorizationElsewhere: 0,
    at: (path) => join(destination, path),
    asked1,
    workflow,
    stranger,
    job: (workflowId) =>
      find(
        jobs.find(({ accountSid }) => accountSid === asked1(workflowId).accountSid),
        `job of ${workflowId}`,
      ),
    rewriteManifest: async (workflowId, change) => {
      const receipt = structuredClone(find(receiptIn(workflow(workflowId)), `receipt of ${workflowId}`));
      change(receipt);
      const { firstRunId } = workflow(workflowId);
      await write(join(destination, '_manifests', workflowId, `${firstRunId}.json`), JSON.stringify(receipt));
    },
    changeReceipt: async (workflowId, change) => {
      const receipt = receiptIn(workflow(workflowId));
      if (receipt !== undefined) change(receipt);
      await world.rewriteManifest(workflowId, () => {});
    },
  };
  return world;
}

/** How one export of the world went. */
interface Story {
  workflowId: string;
  status: string;
  outcomes: string[];
  asked?: Partial<AskedExport>;
  failure?: string;
  signals?: string[];
  cancelRequested?: boolean;
  /** Default 1. */
  submissions?: number;
}

const STORIES: readonly Story[] = [
  { workflowId: 'complete', status: 'COMPLETED', outcomes: ['downloaded', 'empty', 'downloaded'] },
  {
    workflowId: 'incomplete',
    status: 'FAILED',
    failure: 'ExportIncomplete',
    outcomes: ['failed'],
    submissions: 2,
  },
  {
    workflowId: 'signalled',
    status: 'COMPLETED',
    outcomes: ['downloaded', 'empty', 'cancelled'],
    signals: ['cancel'],
    asked: { disturbance: 'cancelSignal' },
  },
  {
    workflowId: 'canceled',
    status: 'CANCELLED',
    outcomes: ['cancelled'],
    cancelRequested: true,
    asked: { disturbance: 'cancelEngine' },
  },
  {
    workflowId: 'terminated',
    status: 'TERMINATED',
    outcomes: ['cancelled'],
    asked: { disturbance: 'terminate' },
  },
  {
    workflowId: 'timed-out',
    status: 'FAILED',
    failure: 'ExportTimedOut',
    outcomes: ['failed'],
    asked: { disturbance: 'shortTimeout' },
  },
  {
    workflowId: 'refused',
    status: 'FAILED',
    failure: 'AuthenticationRejected',
    outcomes: ['failed'],
    submissions: 0,
    asked: { mayBeRefused: true },
  },
  {
    workflowId: 'reset',
    status: 'COMPLETED',
    outcomes: ['downloaded', 'empty'],
    asked: { disturbance: 'reset' },
  },
];

/** Between the making of its job and the deletion. */
const RESET_AT = '2024-06-01T00:30:00Z';

function receiptOf({
  destination,
  days,
  one,
  jobs,
  story,
}: {
  destination: string;
  days: string[];
  one: AskedExport;
  jobs: JobEvidence[];
  story: Story;
}): Receipt {
  const told = days.map((day, index): ReceiptDay => {
    const outcome = story.outcomes[index] ?? '';
    const base = { day, outcome, sizeBytes: 0, records: 0, attempts: jobs.length };
    return outcome === 'downloaded'
      ? {
          ...base,
          ...versionOf(bytesOf(one, day)),
          location: pathToFileURL(join(destination, pathOf(one, day))).href,
        }
      : base;
  });
  const receipt: Receipt = {
    outcome: story.outcomes.includes('cancelled')
      ? 'cancelled'
      : story.outcomes.includes('failed')
        ? 'incomplete'
        : 'complete',
    days: told,
    jobs: jobs.map(({ jobSid, startDay, endDay }) => ({ jobSid, startDay, endDay, fate: 'deleted' })),
    totals: {},
    notCleaned: [],
  };
  sumUp(receipt);
  return receipt;
}

/** Sets the totals that its days make. */
export function sumUp(receipt: Receipt): void {
  const { days } = receipt;
  receipt.totals = {
    days: days.length,
    sizeBytes: days.reduce((sum, day) => sum + day.sizeBytes, 0),
    records: days.reduce((sum, day) => sum + day.records, 0),
  };
  for (const outcome of ['downloaded', 'empty', 'failed', 'deleted', 'cancelled'])
    receipt.totals[outcome] = days.filter((day) => day.outcome === outcome).length;
}

function receiptIn({ result, failure }: WorkflowEvidence): Receipt | undefined {
  return (result ?? failure?.details[0] ?? undefined) as Receipt | undefined;
}

function jobOf(one: AskedExport, firstRunId: string, submission: number): JobEvidence {
  return {
    jobSid: `JS-${one.workflowId}-${submission}`,
    accountSid: one.accountSid,
    resourceType: one.resourceType,
    friendlyName: `A name [00000000-${hashOf(firstRunId)}-${submission}]`,
    startDay: one.startDay,
    endDay: one.endDay,
    createdAt: '2024-06-01T00:00:00Z',
    state: 'deleted',
    deletedAt: '2024-06-01T01:00:00Z',
  };
}

/** What names have of an export. */
export function hashOf(firstRunId: string): string {
  return createHash('sha256').update(firstRunId).digest('hex').slice(0, 12);
}

/** Where the file of a day lies, below the destination. */
export function pathOf(one: Pick<AskedExport, 'accountSid' | 'resourceType'>, day: string): string {
  return `account=${one.accountSid}/type=${one.resourceType}/day=${day}/part-0.json.gz`;
}

function bytesOf({ accountSid }: { accountSid: string }, day: string): Buffer {
  return gzipSync(`{"account":"${accountSid}"}\n{"day":"${day}"}\n`);
}

function versionOf(bytes: Buffer) {
  return {
    sizeBytes: bytes.length,
    records: 2,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
