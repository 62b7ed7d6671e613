import type { Fact } from '../switch-off.ts';

const deleteTest = 'test/simulator/delete.test.ts';

const DELETED = 'a DELETE stops what runs, drops what waits and leaves what is over';
const KEPT_FILES = 'a DELETE removes no file, and the days it stopped never get one';

/** What a DELETE does, and what it leaves. */
export const DELETE_FACTS: readonly Fact[] = [
  {
    fact: 'A DELETE leaves the days alone that are over.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "if (isFinal(status) || status === 'RunningToBeDeleted') {",
      replace: "if (status === 'RunningToBeDeleted') {",
    },
    test: deleteTest,
    title: DELETED,
  },
  {
    fact: 'A DELETE makes the days that have not run DeletedByUserRequest.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: ": [...past, { status: 'DeletedByUserRequest', atMs }];",
      replace: ': life;',
    },
    test: deleteTest,
    title: DELETED,
  },
  {
    fact: 'A DELETE makes the days that run RunningToBeDeleted.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "        { status: 'RunningToBeDeleted', atMs },\n",
      replace: '',
    },
    test: deleteTest,
    title: DELETED,
  },
  {
    fact: 'A day in RunningToBeDeleted is deleted soon after.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-life.ts',
      find: "{ status: 'DeletedByUserRequest', atMs: atMs + runningToBeDeletedMs },",
      replace: '',
    },
    test: deleteTest,
    title: DELETED,
  },
  {
    fact: 'A DELETE removes no file.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'job.deletedAtMs ??= now;',
      replace:
        'job.deletedAtMs ??= now;\n  world.accounts.forEach((account) => { account.files.length = 0; });',
    },
    test: deleteTest,
    title: KEPT_FILES,
  },
  {
    fact: 'A day that a DELETE stopped gets no file.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-job.ts',
      find: 'jobDay.life.includes(step)',
      replace: 'step.atMs > 0',
    },
    test: deleteTest,
    title: KEPT_FILES,
  },
  {
    fact: 'Days belong to no job: they stay when their job is deleted after its end.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'job.isRemoved = true;',
      replace: 'job.isRemoved = true;\n      account.files.length = 0;',
    },
    test: deleteTest,
    title: 'days belong to no job: they stay when their job is deleted after its end',
  },
  ...([204, 404, 405] as const).map((status): Fact => ({
    fact: `A DELETE of a complete job may answer ${status}.`,
    mark: 'I',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'switch (world.script.deleteCompleteAnswers ?? 204) {',
      replace: `switch (${status === 204 ? 404 : 204} as 204 | 404 | 405) {`,
    },
    test: deleteTest,
    title: `a DELETE of a job that is over answers ${status} where the script says so`,
  })),
  {
    fact: 'A job that never was answers 404.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'return notFound(`/v1/Exports/Jobs/${jobSid}`);',
      replace: 'return { status: 204 };',
    },
    test: deleteTest,
    title: 'a job that never was answers 404 to GET and DELETE',
  },
  {
    fact: 'Files can not be deleted by hand.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/routes.ts',
      find: "return method === 'GET'",
      replace: "return method === 'GET' || method === 'DELETE'",
    },
    test: deleteTest,
    title: 'nobody can delete a file',
  },
];
