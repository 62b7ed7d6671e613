import type { DayTruth, FileVersion } from './evidence.ts';
import {
  after,
  hasNotCleanedUp,
  type JudgedExport,
  type JudgedWorld,
  receiptOf,
  type Rule,
} from './judged-export.ts';
import { dayPath, daysBetween, type Receipt, type ReceiptDay } from './receipt.ts';

/** Every requested day stands exactly once in the result and in the manifest, which say the same. */
export const everyDayStandsOnce: Rule = ({ exports }) =>
  exports.filter(isAccountedFor).flatMap((judged) => {
    const { asked, result, manifest } = judged;
    const expected = daysBetween(asked.startDay, asked.endDay).join();
    const faults = [
      ...Object.entries({ result, manifest }).flatMap(([name, receipt]) =>
        receipt === null || daysOf(receipt) === expected
          ? []
          : [`the ${name} has the days ${daysOf(receipt)}, asked were ${expected}`],
      ),
      ...(manifest === null ? ['there is no manifest'] : []),
      ...(result !== null && manifest !== null && !saySame(result, manifest)
        ? ['the result and the manifest do not say the same']
        : []),
      ...[result, manifest].flatMap((receipt) => (receipt === null ? [] : totalsFaults(receipt))),
    ];
    return faults.map((what) => ({ rule: 'every day stands once', where: asked.workflowId, what }));
  });

/** A day that was downloaded lies on the disk, with the bytes that Twilio's side had; an empty one has no file. */
export const everyDayIsAtHome: Rule = (world) =>
  world.exports.filter(isAccountedFor).flatMap((judged) =>
    (receiptOf(judged)?.days ?? []).flatMap((day) => {
      const fault = faultAtHome(world, judged, day);
      const where = `${judged.asked.workflowId} ${day.day}`;
      return fault === null ? [] : [{ rule: 'every day is at home', where, what: fault }];
    }),
  );

/** Every outcome but a good one has its reason, in what was asked and in what Twilio's side tells. */
export const everyOutcomeHasItsReason: Rule = ({ exports }) =>
  exports.filter(isAccountedFor).flatMap((judged) =>
    (receiptOf(judged)?.days ?? []).flatMap((day) => {
      const fault = faultOfOutcome(judged, day);
      const where = `${judged.asked.workflowId} ${day.day}`;
      return fault === null ? [] : [{ rule: 'every outcome has its reason', where, what: fault }];
    }),
  );

/** A refusal at the very start leaves nothing to account for; the rule of the jobs sees that nothing was made. */
function isAccountedFor(judged: JudgedExport): boolean {
  const isRefused = judged.workflow.failure?.type === 'AuthenticationRejected' && judged.manifest === null;
  return !hasNotCleanedUp(judged) && !isRefused;
}

function daysOf({ days }: Receipt): string {
  return days.map(({ day }) => day).join();
}

function saySame(one: Receipt, other: Receipt): boolean {
  const said = ({ outcome, days, jobs, totals }: Receipt): string =>
    JSON.stringify([outcome, days.map(sorted), jobs.map(sorted), sorted(totals)]);
  return said(one) === said(other);
}

function sorted(of: object): unknown[] {
  return Object.entries(of).toSorted(([one], [other]) => one.localeCompare(other));
}

function totalsFaults({ days, totals }: Receipt): string[] {
  const sum = (of: 'sizeBytes' | 'records'): number => days.reduce((total, day) => total + day[of], 0);
  const count = (outcome: string): number => days.filter((day) => day.outcome === outcome).length;
  const right: Record<string, number> = {
    days: days.length,
    sizeBytes: sum('sizeBytes'),
    records: sum('records'),
    ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])),
  };
  return Object.entries(right)
    .filter(([name, value]) => totals[name] !== value)
    .map(([name, value]) => `the total of ${name} is ${totals[name]}, its days make ${value}`);
}

const OUTCOMES = ['downloaded', 'empty', 'failed', 'deleted', 'cancelled'];

function faultAtHome(
  { evidence, disk }: JudgedWorld,
  { asked }: JudgedExport,
  { day, outcome, location, sizeBytes, records, sha256 }: ReceiptDay,
): string | null {
  const path = dayPath({ ...asked, day });
  const file = disk.get(path);
  const truth = evidence.truthOf({ ...asked, day });
  if (outcome !== 'downloaded') {
    if (outcome === 'empty' && truth !== 'empty') return 'it is said to be empty, and has records at Twilio';
    return outcome === 'empty' && file !== undefined ? 'it is empty, and has a file' : null;
  }
  if (file === undefined) return `it was downloaded, and no file lies at ${path}`;
  if (location !== `${evidence.locations}${path}`) return `it is said to lie somewhere else: ${location}`;
  if (file.sha256 !== sha256 || file.sizeBytes !== sizeBytes || file.records !== records)
    return 'the file on the disk is not the one that is told of';
  return isTrue(truth, { sha256, sizeBytes, records }) ? null : 'Twilio never had a file of these bytes';
}

/** Whether Twilio's side had this file for the day at any time. */
export function isTrue(truth: DayTruth, { sha256, sizeBytes, records }: FileVersion): boolean {
  if (truth === 'empty') return false;
  for (const version of truth)
    if (version.sha256 === sha256 && version.sizeBytes === sizeBytes && version.records === records)
      return true;
  return false;
}

/** A reset forgets submissions: their jobs may come on top, if they were made before it. */
function faultOfOutcome(
  { asked, workflow, jobs, resetAt }: JudgedExport,
  { day, outcome, attempts }: ReceiptDay,
): string | null {
  const coveringJobs = jobs.filter(({ startDay, endDay }) => startDay <= day && day <= endDay);
  const covering = coveringJobs.length;
  const forgotten =
    resetAt === null ? 0 : coveringJobs.filter((job) => job.createdAt <= after(resetAt)).length;
  if (attempts > asked.maximumAttempts)
    return `it was submitted ${attempts} times, at most ${asked.maximumAttempts} were asked for`;
  if (covering > attempts + forgotten) return `${covering} jobs asked for it, in ${attempts} submissions`;
  const stoppedBy = workflow.failure?.type;
  switch (outcome) {
    case 'downloaded':
    case 'empty':
      return covering === 0 ? 'no job ever asked for it' : null;
    case 'failed':
      if (stoppedBy === 'ExportTimedOut' || stoppedBy === 'AuthenticationRejected') return null;
      return attempts === asked.maximumAttempts && (covering === attempts || forgotten > 0)
        ? null
        : `it failed after ${attempts} submissions with ${covering} jobs, ${asked.maximumAttempts} were asked for`;
    case 'cancelled':
      return workflow.signals.includes('cancel') || workflow.cancelRequested
        ? null
        : 'it is cancelled, and nobody had cancelled the export';
    default:
      return `it is ${outcome}, and nobody had done that to it`;
  }
}
