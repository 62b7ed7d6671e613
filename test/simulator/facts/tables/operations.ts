import type { Fact } from '../switch-off.ts';

const apiTest = 'test/simulator/api.test.ts';
const deleteTest = 'test/simulator/delete.test.ts';
const filesTest = 'test/simulator/files.test.ts';
const jobsTest = 'test/simulator/jobs.test.ts';

const CREATED = 'a create answers 201 with null details and without a url';
const PATHS = 'paths that do not exist answer 404, and methods that a path has not answer 405';
const REDIRECT = 'a day answers 307 with the same link in Location and in the body, on another origin';

/** Operations and what they answer when all is well. */
export const OPERATION_FACTS: readonly Fact[] = [
  {
    fact: 'An export is fetched as its type, its URL and the link to its days.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/export-operations.ts',
      find: 'links: { days: `${url}/Days` }',
      replace: 'links: {}',
    },
    test: apiTest,
    title: 'Messages can be fetched as an export, with a link to its days',
  },
  ...(['Messages', 'Calls', 'Conferences', 'Participants'] as const).map((type): Fact => ({
    fact: `${type} can be exported.`,
    mark: 'D',
    switchedOff: {
      file: 'simulator/routes.ts',
      find: 'RESOURCE_TYPES.find((type) => type === first)',
      replace: `RESOURCE_TYPES.find((type) => type === first && type !== '${type}')`,
    },
    test: apiTest,
    title: `${type} can be fetched as an export, with a link to its days`,
  })),
  {
    fact: 'A create answers 201.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: "status: 201, body: showJob(world, account, job, 'created')",
      replace: "status: 200, body: showJob(world, account, job, 'created')",
    },
    test: jobsTest,
    title: CREATED,
  },
  {
    fact: 'The answer to a create has null details.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: "where === 'created' ? null : showDetails(world, job)",
      replace: 'showDetails(world, job)',
    },
    test: jobsTest,
    title: CREATED,
  },
  {
    fact: 'The answer to a create has no url.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: "where === 'fetched' ? {",
      replace: "where !== 'listed' ? {",
    },
    test: jobsTest,
    title: CREATED,
  },
  {
    fact: 'A job on the list has no url, and a job that is fetched has one.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-answers.ts',
      find: "where === 'fetched' ? {",
      replace: "where !== 'created' ? {",
    },
    test: jobsTest,
    title: 'a fetch of a job gives its url, and the list does not',
  },
  {
    fact: 'A create is form-urlencoded.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/read-body.ts',
      find: '    return null;\n  }\n  try {',
      replace: '    return new URLSearchParams(JSON.parse(body) as Record<string, string>);\n  }\n  try {',
    },
    test: jobsTest,
    title: 'a create takes a form and reads no JSON',
  },
  {
    fact: 'A body that is no form is refused with code 19056.',
    mark: 'D',
    switchedOff: { file: 'simulator/api-server.ts', find: ', { code: 19_056 }', replace: '' },
    test: jobsTest,
    title: 'a create takes a form and reads no JSON',
  },
  {
    fact: 'A form may be multipart/form-data as well.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/read-body.ts',
      find: '/^multipart\\/form-data\\b/i',
      replace: '/^nothing$/',
    },
    test: jobsTest,
    title: 'a form may come in parts',
  },
  {
    fact: 'A job is fetched and deleted by a path without its resource type.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/routes.ts',
      find: 'third === undefined ? operationsOf(second) : {}',
      replace: 'operationsOf(second)',
    },
    test: apiTest,
    title: PATHS,
  },
  {
    fact: 'A job can be fetched by its sid.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: "{ status: 200, body: showJob(world, account, job, 'fetched') }",
      replace: 'jobNotFound(jobSid)',
    },
    test: jobsTest,
    title: 'a fetch of a job gives its url, and the list does not',
  },
  {
    fact: 'A DELETE answers 204 and no body.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/job-operations.ts',
      find: 'deleteJob(world, job);\n    return { status: 204 };',
      replace: 'deleteJob(world, job);\n    return { status: 200, body: {} };',
    },
    test: deleteTest,
    title: 'a DELETE stops what runs, drops what waits and leaves what is over',
  },
  {
    fact: 'A Day is fetched with 307.',
    mark: 'D',
    switchedOff: { file: 'simulator/day-operations.ts', find: 'status: 307', replace: 'status: 302' },
    test: filesTest,
    title: REDIRECT,
  },
  {
    fact: 'The link of a Day stands in the Location header.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: ', headers: { Location: link }',
      replace: '',
    },
    test: filesTest,
    title: REDIRECT,
  },
  {
    fact: 'The link of a Day stands in the body as redirect_to, and nothing beside it.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: '{ redirect_to: link }',
      replace: '{ day: of.day, size: 1 }',
    },
    test: filesTest,
    title: REDIRECT,
  },
];
