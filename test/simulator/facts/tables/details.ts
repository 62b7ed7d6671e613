import type { Fact } from '../switch-off.ts';

const jobsTest = 'test/simulator/jobs.test.ts';
const lifeTest = 'test/simulator/job-life.test.ts';

const CREATED = 'a create answers 201 with null details and without a url';
const MIXED = 'a job may end mixed, and a day that failed completes in its next submission';
const FORMS = 'details come as a list with days, with null days, as null and as an empty list';
const USUAL = 'without a script a day is submitted, runs and completes';

/** How a job tells of its days. */
export const DETAILS_FACTS: readonly Fact[] = [
  {
    fact: 'A job has no status of its own.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: '    job_sid: job.jobSid,\n',
      replace: "    job_sid: job.jobSid,\n    status: 'Submitted',\n",
    },
    test: jobsTest,
    title: CREATED,
  },
  {
    fact: 'The details group the days by status, each group with its count.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'const group = groups.get(status);',
      replace: 'const group = [...groups.values()][0];',
    },
    test: lifeTest,
    title: MIXED,
  },
  {
    fact: 'The groups name their days, as YYYY-MM-DD.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'days: hasNames ? named : null',
      replace: 'days: hasNames ? named.map((day) => `${day}T00:00:00Z`) : null',
    },
    test: lifeTest,
    title: MIXED,
  },
  {
    fact: 'On the wire the details are an array.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'null : showDetails(world, job)',
      replace: 'null : Object.assign({}, showDetails(world, job))',
    },
    test: lifeTest,
    title: MIXED,
  },
  {
    fact: 'The counts of the groups add up to the days asked for, both ends included.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/calendar.ts',
      find: '/ DAY_MS) + 1',
      replace: '/ DAY_MS)',
    },
    test: lifeTest,
    title: MIXED,
  },
  {
    fact: 'The details may be null.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: 'return null;\n    case',
      replace: 'return [];\n    case',
    },
    test: lifeTest,
    title: FORMS,
  },
  {
    fact: 'The details may be an empty list.',
    mark: 'R',
    switchedOff: { file: 'simulator/job-answers.ts', find: 'return [];', replace: 'return null;' },
    test: lifeTest,
    title: FORMS,
  },
  {
    fact: 'The days of a group may be null even when it is Completed.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: "form === 'withDays' && named.length > 0",
      replace: "(form === 'withDays' || status === 'Completed') && named.length > 0",
    },
    test: lifeTest,
    title: 'days may be null even when all are Completed',
  },
  {
    fact: 'Statuses are written in CamelCase.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: '[{ status, count',
      replace: '[{ status: status.toUpperCase(), count',
    },
    test: lifeTest,
    title: USUAL,
  },
];
