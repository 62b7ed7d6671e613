import type { Fact } from '../switch-off.ts';

const jobsTest = 'test/simulator/jobs.test.ts';

const LAST_DAY = 'the last day may be the day before yesterday, by the clock of the simulator';
const TWICE = 'the same create twice makes two jobs, and both spend quota';

function refused(title: string): string {
  return `a create ${title} is refused with 400 and makes nothing`;
}

/** What a create asks for. */
export const CREATE_FACTS: readonly Fact[] = [
  {
    fact: 'A create needs a StartDay.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: "[given(form, 'StartDay'), given(form, 'EndDay')]",
      replace: "[given(form, 'StartDay') ?? '2026-10-01', given(form, 'EndDay')]",
    },
    test: jobsTest,
    title: refused('without a StartDay'),
  },
  {
    fact: 'A create needs an EndDay.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: "[given(form, 'StartDay'), given(form, 'EndDay')]",
      replace: "[given(form, 'StartDay'), given(form, 'EndDay') ?? '2026-10-03']",
    },
    test: jobsTest,
    title: refused('without an EndDay'),
  },
  {
    fact: 'A create needs a FriendlyName.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: " || given(form, 'FriendlyName') === null",
      replace: '',
    },
    test: jobsTest,
    title: refused('without a FriendlyName'),
  },
  {
    fact: 'Days are written YYYY-MM-DD.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/calendar.ts',
      find: String.raw`if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {`,
      replace: "if (text.includes('/')) {\n    return true;\n  }\n  if (text.length !== 10) {",
    },
    test: jobsTest,
    title: refused('with a day in another format'),
  },
  {
    fact: 'The end may not be before the start.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'if (endDay < startDay) {',
      replace: "if (endDay === '') {",
    },
    test: jobsTest,
    title: refused('with the end before the start'),
  },
  {
    fact: 'WebhookUrl and WebhookMethod come together: no URL alone.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: '(url === null) !== (method === null)',
      replace: 'url === null && method !== null',
    },
    test: jobsTest,
    title: refused('with a WebhookUrl alone'),
  },
  {
    fact: 'WebhookUrl and WebhookMethod come together: no method alone.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: '(url === null) !== (method === null)',
      replace: 'url !== null && method === null',
    },
    test: jobsTest,
    title: refused('with a WebhookMethod alone'),
  },
  {
    fact: 'A job of one day is a job.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'if (endDay < startDay) {',
      replace: 'if (endDay <= startDay) {',
    },
    test: jobsTest,
    title: 'a job of one day is a job',
  },
  {
    fact: 'The last day is part of the job.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/calendar.ts',
      find: 'Math.max(0, countDays(startDay, endDay))',
      replace: 'Math.max(1, countDays(startDay, endDay) - 1)',
    },
    test: 'test/simulator/job-life.test.ts',
    title: 'a job may end mixed, and a day that failed completes in its next submission',
  },
  {
    fact: 'The last day may be the day before yesterday.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'addDays(dayAt(world.clock.now()), -2)',
      replace: 'addDays(dayAt(world.clock.now()), -3)',
    },
    test: jobsTest,
    title: LAST_DAY,
  },
  {
    fact: 'The last day may not be yesterday.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'addDays(dayAt(world.clock.now()), -2)',
      replace: 'addDays(dayAt(world.clock.now()), -1)',
    },
    test: jobsTest,
    title: LAST_DAY,
  },
  {
    fact: 'Today is the UTC day of the moment at which a create arrives.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'addDays(dayAt(world.clock.now()), -2)',
      replace: 'addDays(dayAt(world.clock.now() - 12 * 3_600_000), -2)',
    },
    test: jobsTest,
    title: LAST_DAY,
  },
  {
    fact: 'The same create twice makes two jobs: it is not idempotent, and the name may repeat.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'const job = createJob(world, account, {',
      replace:
        "const job = account.jobs.find((each) => each.friendlyName === given(form, 'FriendlyName')) ?? createJob(world, account, {",
    },
    test: jobsTest,
    title: TWICE,
  },
  {
    fact: 'A job is known again by its name and its days, on the list.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'friendly_name: job.friendlyName',
      replace: "friendly_name: where === 'listed' ? 'a job' : job.friendlyName",
    },
    test: jobsTest,
    title: TWICE,
  },
];
