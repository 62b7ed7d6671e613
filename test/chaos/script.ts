import type { FaultScript, SimulatorScript } from '../../simulator/index.ts';
import { CARRIED_OUT_LATE, SLOW_ANSWER_MS } from './pace.ts';
import { dayAfter, REFUSED_AT_THE_START, type PlannedExport } from './plan.ts';
import type { SeededRandom } from './seeded-random.ts';

type DayRule = NonNullable<SimulatorScript['days']>[number];

/** What Twilio's side does in a run, and which of its days are without records. */
export interface PlannedScript {
  script: SimulatorScript;
  /** `{ResourceType} {day}`. */
  emptyDays: ReadonlySet<string>;
}

/** What a script is made for. */
export interface PlanScriptInput {
  planned: readonly PlannedExport[];
  /** Where links lead astray to. */
  strayUrl: string;
  /** Each kind of fault meets so many of 100 requests that it fits, up to twice as many. */
  faultPercent: number;
}

/** Twilio's side of a run, from the seed. */
export function planScript(
  random: SeededRandom,
  { planned, strayUrl, faultPercent }: PlanScriptInput,
): PlannedScript {
  const habits = random.fork('habits');
  const rules = planDays(random.fork('days'), planned);
  const isEmpty = ({ records }: DayRule): boolean => records === 0;
  return {
    emptyDays: new Set(rules.filter(isEmpty).map(({ resourceType, days }) => `${resourceType} ${days}`)),
    script: {
      life: {
        submitted: '10 minutes',
        running: '3 minutes',
        parallelDays: 3,
        errorRate: 0.15,
        errorDuringRun: '20 minutes',
        failedRate: 0.15,
        jobsAhead: habits.between(0, 5),
      },
      days: rules,
      details: [
        { form: 'null', until: '5 minutes' },
        { form: 'daysNull', resourceType: 'Calls', from: '15 minutes', until: '25 minutes' },
        { form: 'emptyList', resourceType: 'Messages', jobs: [2], until: '10 minutes' },
        { form: 'daysNull', resourceType: ONLY_COUNTED },
      ],
      webhook: {
        times: habits.between(1, 4),
        signature: habits.pick(['signed', 'forged', 'none']),
        body: habits.pick(['form', 'json']),
      },
      deleteCompleteAnswers: habits.pick<204 | 404 | 405>([204, 404, 405]),
      nullFields: habits.chance(0.5) ? ['resource_type'] : [],
      errorBodies: habits.pick(['whole', 'bare']),
      faults: planFaults(random.fork('faults'), strayUrl, faultPercent),
    },
  };
}

/** Rules for single days, of one type each: accounts share them, and hardly any two ask for the same days. */
function planDays(random: SeededRandom, planned: readonly PlannedExport[]): DayRule[] {
  const rules = new Map<string, DayRule[]>();
  for (const { input, disturbance } of planned) {
    const { resourceType, startDay, endDay } = input;
    for (let day = startDay; day <= endDay; day = dayAfter(day, 1)) {
      const key = `${resourceType} ${day}`;
      if (rules.has(key)) continue;
      const ofDay =
        disturbance === 'terminate' && day === endDay
          ? [{ ...LINGERING }]
          : planDay(random.fork(key), { mayBeUntold: day !== startDay });
      rules.set(
        key,
        ofDay.map((rule) => Object.assign(rule, { resourceType, days: day })),
      );
    }
  }
  return [...rules.values()].flat();
}

function planDay(random: SeededRandom, { mayBeUntold }: { mayBeUntold: boolean }): DayRule[] {
  if (random.chance(0.15)) return [{ records: 0, file: random.pick(['emptyFile', 'zeroBytes', 'missing']) }];
  return [
    {
      // Large enough to be broken in their middle, and gone on with.
      ...(random.chance(0.3) && { sizeBytes: random.between(100_000, 3_000_000) }),
      ...(random.chance(0.1) && { fileDelay: '5 minutes' }),
      ...(random.chance(0.2) && { inDetails: 'counted' }),
      ...(random.chance(0.1) && mayBeUntold && UNTOLD),
    },
    ...(random.chance(0.05)
      ? [{ ...random.pick([STUCK_AT_FIRST, mayBeUntold ? SILENT_AT_FIRST : STUCK_AT_FIRST]) }]
      : []),
  ];
}

/** It is never over: the job of a terminated export lives until somebody deletes it. */
const LINGERING: DayRule = {
  statuses: [{ status: 'Submitted', for: '5 minutes' }, { status: 'Running' }],
};

/** Whose jobs never name a day. */
const ONLY_COUNTED = 'Conferences';

/** No job says anything of it, and its file tells that it is there. */
const UNTOLD: DayRule = {
  inDetails: 'missing',
  statuses: [
    { status: 'Submitted', for: '10 minutes' },
    { status: 'Running', for: '3 minutes' },
    { status: 'Completed' },
  ],
};

/**
 * Its first job says nothing of it, and brings no file: when that job is over, it has to be asked for again. Never the
 * first day of an export: a job that says nothing at all can not be told from one in the queue, and is waited for.
 */
const SILENT_AT_FIRST: DayRule = {
  submissions: [1],
  inDetails: 'missing',
  statuses: [
    { status: 'Submitted', for: '10 minutes' },
    { status: 'Running', for: '3 minutes' },
    { status: 'Failed' },
  ],
};

/** Its first job never gets over ErrorDuringRun: it has to be given up. */
const STUCK_AT_FIRST: DayRule = {
  submissions: [1],
  statuses: [
    { status: 'Submitted', for: '5 minutes' },
    { status: 'Running', for: '2 minutes' },
    { status: 'ErrorDuringRun' },
  ],
};

/** Every kind that there is. */
function planFaults(random: SeededRandom, strayUrl: string, faultPercent: number): FaultScript[] {
  // Most are near the lower end: a download has to get past sixteen of them.
  const rate = (): number => (faultPercent / 100) * (1 + random.fraction() ** 2);
  const underWay = ['fetchJob', 'deleteJob', 'listDays', 'fetchDay'] as const;
  return [
    { kind: 'slow', delayMs: SLOW_ANSWER_MS, rate: rate() },
    { kind: 'resetBefore', rate: rate() },
    { kind: 'status401', operation: [...underWay], rate: rate() },
    // Where an export begins, it ends by this: so it is the lot of one type alone.
    { kind: 'status401', operation: 'createJob', resourceType: REFUSED_AT_THE_START, rate: rate() },
    { kind: 'status429', retryAfter: 1, rate: rate() / 2 },
    { kind: 'status429', rate: rate() / 2 },
    { kind: 'status500', rate: rate() },
    { kind: 'status503', rate: rate() },
    { kind: 'carriedOutLate', delay: CARRIED_OUT_LATE, rate: rate() },
    { kind: 'resetAfter', rate: rate() },
    { kind: 'expiredLink', rate: rate() },
    { kind: 'usedLink', rate: rate() },
    { kind: 'foreignLink', url: `${strayUrl}/astray.gz?X-Amz-Signature=${random.hex(64)}`, rate: rate() },
    { kind: 'changedFile', rate: rate() },
    { kind: 'truncated', at: random.fraction(), rate: rate() },
    { kind: 'corrupt', at: random.fraction(), rate: rate() },
    { kind: 'wrongLength', rate: rate() },
    { kind: 'stall', at: random.fraction(), rate: rate() },
    { kind: 'resetMidBody', at: random.fraction(), rate: rate() },
  ];
}
