/** The figures that README names: what an export costs in history events and in requests to Twilio. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createActivities, createFileStorage, type ExportActivities } from '../../activities/index.ts';
import { type Simulator, type SimulatorScript, startSimulator } from '../../simulator/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import {
  createLiveExportEnv,
  createSkippingExportEnv,
  endOf,
  type ExportEnv,
  type ExportHandle,
  inputOf,
} from '../workflows/export-env.ts';
import { all, LiteralTwilio, type Look } from '../workflows/literal-activities.ts';
import { exportAttributes } from './export-attributes.ts';

const MAXIMUM_EVENTS_OF_A_LONG_MONTH = 300;
const MAXIMUM_LOOKS_OF_A_LONG_MONTH = 120;

/** What DESIGN allows a history. */
function eventsAllowed({
  days,
  changes,
  checkNow = 0,
}: {
  days: number;
  changes: number;
  checkNow?: number;
}) {
  return 46 + 6 * days + 10 * changes + 11 * checkNow;
}

describe('30 days that take 24 hours with 8 changes', { timeout: 90_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  const cases: { title: string; script: SimulatorScript }[] = [
    { title: 'where Twilio estimates the end', script: {} },
    {
      title: 'where Twilio estimates nothing',
      script: { nullFields: ['estimated_completion_time', 'job_queue_position'] },
    },
  ];
  for (const { title, script } of cases)
    it(`cost at most ${MAXIMUM_EVENTS_OF_A_LONG_MONTH} events and ${MAXIMUM_LOOKS_OF_A_LONG_MONTH} looks, ${title}`, async (t) => {
      const nowMs = await exports.env.currentTimeMs();
      const startDay = addDays(dayOf(nowMs), -40);
      const input = { resourceType: 'Messages', startDay, endDay: addDays(startDay, 29) };
      const simulator = await startSimulator({
        clock: { kind: 'manual', start: nowMs },
        script: { ...script, days: eightChanges(startDay) },
      });
      const activities = await realActivities(t, simulator, exports);

      const { handle, result, failure } = await exports.run(activities, input, exportAttributes(30));

      assert.equal(result?.outcome, 'complete', String(failure));
      assert.equal(result?.totals.downloaded, 30);
      const { requests, jobs, now } = simulator.ledger();
      const hours = (Date.parse(now) - Date.parse(jobs[0]?.createdAt ?? '')) / 3_600_000;
      const { fetchJob: looks = 0, listDays: lists = 0 } = requests;
      const counts = await countEvents(handle);
      t.diagnostic(
        `${counts.events} events, ${looks} looks, ${lists} lists of files, ${counts.pictures} pictures, ${hours.toFixed(1)} hours`,
      );
      assert.ok(hours >= 24 && hours < 24.5, `took ${hours} hours of Twilio's clock`);
      assert.equal(counts.pictures, 9, 'eight changes after the first picture');
      assert.ok(counts.events <= MAXIMUM_EVENTS_OF_A_LONG_MONTH, `${counts.events} events`);
      assert.ok(looks <= MAXIMUM_LOOKS_OF_A_LONG_MONTH, `${looks} looks`);
    });
});

describe('the history of an export that runs for days', { timeout: 120_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createSkippingExportEnv();
  });
  after(() => exports.close());

  // A bound that grows with the days and with the changes: many of both at once show most.
  const cases = [
    { days: 1, changes: 1 },
    { days: 30, changes: 1 },
    { days: 30, changes: 30 },
    { days: 366, changes: 30 },
  ];
  for (const { days, changes } of cases)
    it(`is at most 46 + 6 × days + 10 × changes events: ${days} days, ${changes} changes, one download at a time`, async (t) => {
      let looks: Look[] | undefined;
      const twilio = new LiteralTwilio({ looks: (job) => (looks ??= inSteps(job.days, changes)) });
      const input = inputOf(days, { maxConcurrentDownloads: 1 });
      const { handle, result } = await exports.run(twilio.activities(), input, exportAttributes(days));
      assert.equal(result?.totals.downloaded, days);
      const counts = await countEvents(handle);
      const allowed = eventsAllowed({ days, changes: counts.pictures });
      t.diagnostic(
        `${counts.events} events of ${allowed} allowed, by type ${JSON.stringify(counts.byType)}, ` +
          `${counts.tasksWithoutCause} tasks without a cause`,
      );
      assert.equal(counts.pictures, changes);
      assert.ok(counts.events <= allowed, `${counts.events} events, allowed ${allowed}`);
    });
});

describe('the signal checkNow', { timeout: 60_000 }, () => {
  let exports: ExportEnv;
  before(async () => {
    exports = await createLiveExportEnv();
  });
  after(() => exports.close());

  it('costs at most 11 events, and the whole history stays within its bound', async (t) => {
    let isComplete = false;
    const twilio = new LiteralTwilio({
      looks: (job) => [
        { statuses: all(job, 'Running') },
        ...(isComplete ? [{ statuses: all(job, 'Completed') }] : []),
      ],
    });
    const input = inputOf(1, { poll: { minimumInterval: '1 second' } });
    const handle = await exports.start(twilio.activities(), input, exportAttributes(1));
    await until(() => twilio.looks === 2);
    let { events } = await countEvents(handle);
    const look = async (): Promise<number> => {
      const looksBefore = twilio.looks;
      const eventsBefore = events;
      await handle.signal('checkNow');
      await until(() => twilio.looks > looksBefore);
      ({ events } = await countEvents(handle));
      return events - eventsBefore;
    };

    const first = await look();
    const withinTheInterval = await look();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const afterTheInterval = await look();
    isComplete = true;
    await handle.signal('checkNow');
    const { result } = await endOf(handle);

    assert.equal(result?.outcome, 'complete');
    const counts = await countEvents(handle);
    const allowed = eventsAllowed({ days: 1, changes: counts.pictures, checkNow: 4 });
    t.diagnostic(
      `${first} and ${afterTheInterval} events each, ${withinTheInterval} soon after the one before; ` +
        `${counts.events} in all, of ${allowed} allowed`,
    );
    const most = Math.max(first, withinTheInterval, afterTheInterval);
    assert.ok(most <= 11, `${first}, ${withinTheInterval} and ${afterTheInterval} events`);
    assert.ok(counts.events <= allowed, `${counts.events} events, allowed ${allowed}`);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A day's file every three hours, at which the next ones begin to run: so eight changes in 24 hours. */
function eightChanges(startDay: string): SimulatorScript['days'] {
  const sizes = [4, 4, 4, 4, 4, 4, 3, 3];
  let first = 0;
  return sizes.map((size, index) => {
    const days = `${addDays(startDay, first)}..${addDays(startDay, first + size - 1)}`;
    first += size;
    const waiting = index === 0 ? [] : [{ status: 'Submitted', for: `${3 * index} hours` }];
    return {
      days,
      records: 5,
      statuses: [...waiting, { status: 'Running', for: '3 hours' }, { status: 'Completed' }],
    };
  });
}

/** So many looks, each of which shows another share of the days complete, the last one all of them. */
function inSteps(days: readonly string[], changes: number): Look[] {
  return Array.from({ length: changes }, (_, index): Look => {
    const done = Math.ceil((days.length * (index + 1)) / changes);
    const statuses = days.map((day, at) => [day, at < done ? 'Completed' : 'Running'] as const);
    return { after: '37 minutes', statuses: Object.fromEntries(statuses) };
  });
}

/** The product's own activities. Before each of them the simulator's clock is brought to the engine's. */
async function realActivities(
  t: TestContext,
  simulator: Simulator,
  exports: ExportEnv,
): Promise<ExportActivities> {
  const root = await mkdtemp(join(tmpdir(), 'bulk-exports-'));
  const { accountSid, apiUrl, authToken } = simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: { default: createFileStorage(pathToFileURL(root).href) },
    twilioUrl: apiUrl,
    // The full jitter: it makes every wait as short as it can be.
    random: () => 1,
  });
  t.after(async () => {
    await close();
    await simulator.stop();
    await rm(root, { recursive: true, force: true });
  });
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never) => {
        const nowMs = await exports.env.currentTimeMs();
        simulator.clock.advance(Math.max(0, nowMs - simulator.clock.now()));
        // The literal environment names an account of its own; the simulator's is `default`.
        return await (activity as (input: object) => Promise<unknown>)({
          ...(input as object),
          account: 'default',
        });
      },
    ]),
  ) as unknown as ExportActivities;
}

/**
 * The events of a history. The time-skipping server now and then schedules a task for which there is no cause, which
 * costs three events: where an activity's attempt failed while a task ran. A real server does not, so these are left
 * out and counted apart.
 */
async function countEvents(handle: ExportHandle) {
  const { events = [] } = await handle.fetchHistory();
  const byType: Record<string, number> = {};
  const watches = new Set<string>();
  let pictures = 0;
  let tasksWithoutCause = 0;
  let hasCause = false;
  for (const event of events ?? []) {
    const type = String(event.eventType);
    byType[type] = (byType[type] ?? 0) + 1;
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'watchExportJob') watches.add(String(event.eventId));
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && watches.has(String(completed.scheduledEventId))) pictures += 1;
    if (event.workflowTaskScheduledEventAttributes && !hasCause) tasksWithoutCause += 1;
    if (event.workflowTaskStartedEventAttributes) hasCause = false;
    if (isCauseOfATask(event)) hasCause = true;
  }
  return { events: (events ?? []).length - 3 * tasksWithoutCause, byType, pictures, tasksWithoutCause };
}

type HistoryEvent = NonNullable<Awaited<ReturnType<ExportHandle['fetchHistory']>>['events']>[number];

function isCauseOfATask(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowExecutionStartedEventAttributes ??
    event.workflowExecutionSignaledEventAttributes ??
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    event.timerFiredEventAttributes,
  );
}
