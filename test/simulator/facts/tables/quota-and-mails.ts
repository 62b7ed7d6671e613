import type { Fact } from '../switch-off.ts';

const deleteTest = 'test/simulator/delete.test.ts';
const jobsTest = 'test/simulator/jobs.test.ts';
const webhooksTest = 'test/simulator/webhooks.test.ts';

const TWICE = 'the same create twice makes two jobs, and both spend quota';
const QUOTA = 'an account asks for at most 366 days in a UTC day, and its subaccounts count';
const MAILS = 'each job mails the owners and admins, and the address that it names';

/** What a job costs: quota, and the patience of those who are mailed. */
export const QUOTA_FACTS: readonly Fact[] = [
  {
    fact: 'A duplicate spends quota too.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'usedByDay[today] = used + asked;',
      replace: 'usedByDay[today] = asked;',
    },
    test: jobsTest,
    title: TWICE,
  },
  {
    fact: 'An account may ask for 366 days in a UTC day, and for no more.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/options.ts',
      find: 'options.quotaDays ?? 366',
      replace: 'options.quotaDays ?? 367',
    },
    test: jobsTest,
    title: QUOTA,
  },
  {
    fact: '366 days may be asked for at once.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/options.ts',
      find: 'options.quotaDays ?? 366',
      replace: 'options.quotaDays ?? 365',
    },
    test: jobsTest,
    title: QUOTA,
  },
  {
    fact: 'The quota is one for the parent account and its subaccounts.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/accounts.ts',
      find: 'quotaOwner: parentAccountSid',
      replace: 'quotaOwner: parentAccountSid && accountSid',
    },
    test: jobsTest,
    title: QUOTA,
  },
  {
    fact: 'Another account has a quota of its own.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/accounts.ts',
      find: 'quotaOwner: parentAccountSid',
      replace: "quotaOwner: parentAccountSid && 'all'",
    },
    test: jobsTest,
    title: QUOTA,
  },
  {
    fact: 'The quota is new with the next UTC day.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'const today = dayAt(world.clock.now());',
      replace: "const today = dayAt(world.clock.now()) && 'ever';",
    },
    test: jobsTest,
    title: QUOTA,
  },
  {
    fact: 'A job that is deleted gives no quota back.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'deleteJob(world, job);\n',
      replace: 'deleteJob(world, job);\n    world.quotaUsed = {};\n',
    },
    test: jobsTest,
    title: 'deleting a job gives no quota back',
  },
  {
    fact: 'The form of the refusal over the quota is not public: status and code are a choice.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/options.ts',
      find: 'options.quotaRejection ?? { status: 400, code: 20_001 }',
      replace: '{ status: 400, code: 20_001 }',
    },
    test: jobsTest,
    title: 'the form of the refusal for too many days is a choice',
  },
  {
    fact: 'A job that is over mails the owners and admins of its account.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: '[`owners and admins of ${account.accountSid}`, ',
      replace: '[',
    },
    test: webhooksTest,
    title: MAILS,
  },
  {
    fact: 'A job that is over mails the address that it names.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: '...(email === null ? [] : [email])',
      replace: '',
    },
    test: webhooksTest,
    title: MAILS,
  },
  {
    fact: 'Nobody is mailed for a job that was deleted.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'if (job.deletedAtMs !== null) {\n    return;\n  }',
      replace: '',
    },
    test: deleteTest,
    title: 'nobody is told of a job that was deleted',
  },
];
