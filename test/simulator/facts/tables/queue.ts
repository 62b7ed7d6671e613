import type { Fact } from '../switch-off.ts';

const jobsTest = 'test/simulator/jobs.test.ts';
const lifeTest = 'test/simulator/job-life.test.ts';

const CREATED = 'a create answers 201 with null details and without a url';
const POSITION = 'the queue position never rises while jobs come and go, and is null when the job is over';
const ESTIMATE = 'the estimate tells when the job is over, in UTC without saying so';

/** The place of a job in the queue, its estimate, and its end. */
export const QUEUE_FACTS: readonly Fact[] = [
  {
    fact: 'The queue position is a decimal string.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'return String(1 + own + others);',
      replace: 'return (1 + own + others) as never;',
    },
    test: jobsTest,
    title: CREATED,
  },
  {
    fact: 'The queue position never rises.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: '.slice(0, account.jobs.indexOf(job))',
      replace: '.filter((other) => other !== job)',
    },
    test: lifeTest,
    title: POSITION,
  },
  {
    fact: 'The queue position falls while the jobs ahead go, as it is asked for.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'Math.max(0, jobsAheadUntilMs - world.clock.now())',
      replace: 'jobsAheadUntilMs - createdAtMs',
    },
    test: lifeTest,
    title: POSITION,
  },
  {
    fact: 'The queue position is null once the job is over.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'if (isOver(world, job)) {\n    return null;',
      replace: "if (isOver(world, job)) {\n    return '0';",
    },
    test: lifeTest,
    title: POSITION,
  },
  {
    fact: 'The estimated time has no time zone and is UTC.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: '.toISOString().slice(0, -1)',
      replace: '.toISOString()',
    },
    test: lifeTest,
    title: ESTIMATE,
  },
  {
    fact: 'The estimated time is null once the job is over.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'return isOver(world, job) || !Number.isFinite(overAtMs)',
      replace: 'return !Number.isFinite(overAtMs)',
    },
    test: lifeTest,
    title: ESTIMATE,
  },
  {
    fact: 'The estimated time is made when it is asked for.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'const { overAtMs } = job;',
      replace: 'const known = job as { first?: number }; const overAtMs = (known.first ??= job.overAtMs);',
    },
    test: lifeTest,
    title: 'the estimate is made when it is asked for: a job that is deleted is over at once',
  },
  {
    fact: 'A job stays on the list for seven days after it was over.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'JOB_LIFETIME_MS = 7 * DAY_MS',
      replace: 'JOB_LIFETIME_MS = 6 * DAY_MS',
    },
    test: jobsTest,
    title: 'a job stays on the list for seven days after its last day was over, then answers 404',
  },
  {
    fact: 'After seven days the job answers 404.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'job.jobSid === jobSid && isListed(world, job)',
      replace: 'job.jobSid === jobSid',
    },
    test: jobsTest,
    title: 'a job stays on the list for seven days after its last day was over, then answers 404',
  },
];
