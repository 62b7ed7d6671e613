import type { ExportJobInput } from '../../client/index.ts';
import type { SimulatorCredentials } from '../../simulator/index.ts';
import type { AskedExport, Disturbance } from './check/evidence.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One export of the run: what is asked, of which account, and what is done to it. */
export interface PlannedExport {
  workflowId: string;
  /** The name of its account; nobody else uses it, since the quota is by account. */
  account: string;
  credentials: SimulatorCredentials;
  input: ExportJobInput;
  disturbance: Disturbance;
  /** When it is disturbed, from its start. */
  disturbedAfterMs: number;
  /** Where a reset or a pause falls, each from 0 to below 1; one after the other. */
  points: number[];
  /** Whether it is not terminated before its job lives. */
  isTerminatedWithJob: boolean;
  /** Whether somebody else has spent its account's quota of the day before it starts. */
  isQuotaSpent: boolean;
}

/** In this order again and again, so that a short run has some of each. */
const DISTURBANCES: readonly Disturbance[] = [
  'none',
  'reset',
  'terminate',
  'cancelSignal',
  'pauseActivities',
  'cancelEngine',
  'checkNowStorm',
  'shortTimeout',
  'none',
  'reset',
  'none',
  'none',
  'terminate',
  'cancelSignal',
  'none',
  'pauseActivities',
  'none',
  'cancelEngine',
  'reset',
  'none',
];

/** So many of 20 exports find the quota of their account spent: those at these places of the list. */
const QUOTA_SPENT_AT: ReadonlySet<number> = new Set([0, 11]);

/** Whose accounts meet refused credentials where an export begins: there it is final. */
export const REFUSED_AT_THE_START = 'Participants';

/** Nobody else asks for the days of these: their jobs are made to live on. */
const FIRST_DAY_OF_TERMINATED = '2019-01-01';

/** The exports of a run. They follow from the seed and their number alone: their days lie in the past for good. */
export function planExports(
  random: SeededRandom,
  { count, mostDays, disturbedWithinMs, webhookUrl }: PlanExportsInput,
): PlannedExport[] {
  return Array.from({ length: count }, (_, index) => {
    const name = String(index + 1).padStart(3, '0');
    const place = index % DISTURBANCES.length;
    return planExport(random.fork(`export ${name}`), {
      name,
      mostDays,
      disturbedWithinMs,
      disturbance: DISTURBANCES[place] ?? 'none',
      isQuotaSpent: QUOTA_SPENT_AT.has(place),
      webhookUrl: `${webhookUrl}/webhook/${workflowIdOf(name)}`,
    });
  });
}

/**
 * One more, of an account of its own, undisturbed and of one day: it comes by when all others are closed, and removes
 * what the terminated ones have left in the destination.
 */
export function planLastExport(random: SeededRandom): PlannedExport {
  const planned = planExport(random, {
    name: 'last',
    mostDays: 1,
    disturbedWithinMs: 0,
    disturbance: 'none',
    isQuotaSpent: false,
    webhookUrl: '',
  });
  const { webhook: _, ...input } = planned.input;
  return { ...planned, input: { ...input, resourceType: 'Messages', deleteJob: true } };
}

function workflowIdOf(name: string): string {
  return `chaos-${name}`;
}

/** What exports are planned for. */
export interface PlanExportsInput {
  count: number;
  mostDays: number;
  /** How long after its start an export is disturbed at most. */
  disturbedWithinMs: number;
  webhookUrl: string;
}

interface PlanExportInput extends Omit<PlanExportsInput, 'count'> {
  name: string;
  disturbance: Disturbance;
  isQuotaSpent: boolean;
}

function planExport(
  random: SeededRandom,
  { name, mostDays, disturbedWithinMs, disturbance, isQuotaSpent, webhookUrl }: PlanExportInput,
): PlannedExport {
  const workflowId = workflowIdOf(name);
  const account = `account-${name}`;
  const firstDay = disturbance === 'terminate' ? FIRST_DAY_OF_TERMINATED : '2023-01-01';
  const startDay = dayAfter(firstDay, random.between(0, 900));
  // Of a job that never ends some days are to be fetched.
  const leastDays = disturbance === 'terminate' ? 2 : 1;
  const days = Math.min(mostDays, Math.max(leastDays, random.pick([1, 1, 2, 2, 2, 3, 3, 4, 4, 10])));
  const isStopped = disturbance.startsWith('cancel') || disturbance === 'terminate';
  return {
    workflowId,
    account,
    credentials: planCredentials(random),
    input: {
      resourceType: random.pick([
        'Messages',
        'Messages',
        'Calls',
        'Calls',
        'Conferences',
        REFUSED_AT_THE_START,
      ]),
      startDay,
      endDay: dayAfter(startDay, days - 1),
      account,
      maxConcurrentDownloads: random.between(1, 6),
      // A job that is kept may live on after a cancel, as was asked.
      deleteJob: isStopped || random.chance(0.85),
      allowIncomplete: random.chance(0.5),
      resubmit: {
        maximumAttempts: random.pick([2, 3, 3, 4]),
        cooldown: `${random.between(1, 20) * 100} milliseconds`,
      },
      poll: { minimumInterval: '1 second', maximumInterval: random.pick(['1 second', '2 seconds']) },
      // Longer than the hour of Twilio's after which the Days list is asked for what a job does not tell.
      errorPatience: random.pick(['8 seconds', '12 seconds', '1 minute']),
      timeout: disturbance === 'shortTimeout' ? random.between(2_000, 9_000) : '2 hours',
      ...(random.chance(0.4) && {
        webhook: { url: webhookUrl, method: random.pick(['GET', 'POST']) },
      }),
      ...(random.chance(0.1) && { email: `${name}@example.com` }),
      ...(random.chance(0.3) && { friendlyName: `Run ${name} [of ${random.hex(4)}]` }),
    },
    disturbance,
    disturbedAfterMs: random.between(0, disturbedWithinMs),
    points: Array.from({ length: random.between(1, 3) }, () => random.fraction()),
    isTerminatedWithJob: random.chance(0.7),
    isQuotaSpent,
  };
}

/** Some come with an API key, whose secret must not be found anywhere either. */
function planCredentials(random: SeededRandom): SimulatorCredentials {
  return {
    accountSid: `AC${random.hex(32)}`,
    authToken: random.hex(32),
    ...(random.chance(0.2) && { apiKeys: [{ sid: `SK${random.hex(32)}`, secret: random.hex(32) }] }),
  };
}

/** What the check needs to know of an export. */
export function askedOf({ workflowId, credentials, input, disturbance }: PlannedExport): AskedExport {
  const { resourceType, startDay, endDay, resubmit, deleteJob, allowIncomplete } = input;
  return {
    workflowId,
    accountSid: credentials.accountSid,
    resourceType,
    startDay,
    endDay,
    maximumAttempts: resubmit?.maximumAttempts ?? 0,
    deleteJob: deleteJob ?? true,
    allowIncomplete: allowIncomplete ?? false,
    disturbance,
    mayBeRefused: resourceType === REFUSED_AT_THE_START,
  };
}

/** The day so many days later. */
export function dayAfter(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
