import type { Fact } from '../switch-off.ts';

const lifeTest = 'test/simulator/job-life.test.ts';

const USUAL = 'without a script a day is submitted, runs and completes';
const FINAL = "'completed', 'completedemptyrecords', 'failed', 'deletedbyuserrequest'";
const AGAIN = 'Twilio itself runs a day again after ErrorDuringRun';
const MIXED = 'a job may end mixed, and a day that failed completes in its next submission';
const RATES = 'rates decide by the seed: the same seed gives the same job';

/** The life of days. */
export const STATUS_FACTS: readonly Fact[] = [
  {
    fact: 'A day that is submitted waits before it runs.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "status: 'Submitted',\n",
      replace: "status: 'Running',\n",
    },
    test: lifeTest,
    title: USUAL,
  },
  {
    fact: 'A day runs before it completes.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "    { status: 'Running', for: times.runningMs },\n  ];",
      replace: '  ];',
    },
    test: lifeTest,
    title: USUAL,
  },
  ...(['completed', 'completedemptyrecords', 'failed', 'deletedbyuserrequest'] as const).map(
    (status, index): Fact => {
      const name = ['Completed', 'CompletedEmptyRecords', 'Failed', 'DeletedByUserRequest'][index];
      return {
        fact: `${name} is final.`,
        mark: 'D',
        switchedOff: {
          file: 'simulator/day-life.ts',
          find: FINAL,
          replace: FINAL.replace(`'${status}'`, "'nothing'"),
        },
        test: lifeTest,
        title: `${name} is final: the job is over, and gone seven days later`,
      };
    },
  ),
  ...(['Submitted', 'Running', 'ErrorDuringRun', 'RunningToBeDeleted', 'Archiving'] as const).map(
    (status): Fact => ({
      fact: status === 'Archiving' ? 'An unknown status is not final.' : `${status} is not final.`,
      mark: status === 'Archiving' ? 'I' : 'D',
      switchedOff: {
        file: 'simulator/day-life.ts',
        find: FINAL,
        replace: `${FINAL}, '${status.toLowerCase()}'`,
      },
      test: lifeTest,
      title: `${status} is not final: a day that stays in it keeps its job alive and without an estimate`,
    }),
  ),
  {
    fact: 'Twilio itself runs a day again after ErrorDuringRun.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "      { status: 'ErrorDuringRun', for: times.errorDuringRunMs },\n      { status: 'Running', for: times.runningMs },\n",
      replace: "      { status: 'ErrorDuringRun', for: times.errorDuringRunMs },\n",
    },
    test: lifeTest,
    title: AGAIN,
  },
  {
    fact: 'A day may meet ErrorDuringRun while it runs.',
    mark: 'D',
    switchedOff: { file: 'simulator/day-life.ts', find: '< (life.errorRate ?? 0)', replace: '< 0' },
    test: lifeTest,
    title: AGAIN,
  },
  {
    fact: 'A job may end mixed.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/calendar.ts',
      find: 'return ends !== null && ends.first <= day && day <= ends.last;',
      replace: 'return ends !== null;',
    },
    test: lifeTest,
    title: MIXED,
  },
  {
    fact: 'A day that failed may be submitted again, and complete.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'job.startDay <= day && day <= job.endDay).length',
      replace: 'job.startDay <= day && day <= job.endDay).length * 0',
    },
    test: lifeTest,
    title: MIXED,
  },
  {
    fact: 'Days fail for good, by a rate.',
    mark: 'D',
    switchedOff: { file: 'simulator/day-life.ts', find: '< (life.failedRate ?? 0)', replace: '< 0' },
    test: lifeTest,
    title: RATES,
  },
  {
    fact: 'Days without records end CompletedEmptyRecords, by a rate.',
    mark: 'D',
    switchedOff: { file: 'simulator/day-life.ts', find: '< (life.emptyRate ?? 0)', replace: '< 0' },
    test: lifeTest,
    title: RATES,
  },
  {
    fact: 'Several jobs run at the same time.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'occasion, index, createdAtMs });',
      replace:
        'occasion, index, createdAtMs: Math.max(createdAtMs, ...account.jobs.map((job) => job.overAtMs)) });',
    },
    test: lifeTest,
    title: 'several jobs run at the same time',
  },
  {
    fact: 'A large job runs some of its days at a time.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: 'Math.floor(index / times.parallelDays) * times.runningMs',
      replace: '0',
    },
    test: lifeTest,
    title: 'a large job runs some of its days at a time',
  },
];
