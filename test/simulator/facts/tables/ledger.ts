import type { Fact } from '../fact.ts';

const test = 'test/simulator/ledger.test.ts';
const jobsTest = 'test/simulator/jobs.test.ts';
const filesTest = 'test/simulator/files.test.ts';
const webhooksTest = 'test/simulator/webhooks.test.ts';

const HTTP = 'the ledger is the same in code and over HTTP, where it needs no credentials';
const JOBS = 'the ledger tells which jobs were made, live, are over and were deleted';
const JOB = 'of each job the ledger tells whose, what, when and how its days stand';
const COUNTS =
  'the ledger counts every request by its operation, those to nowhere, and every answer by its status';
const SECRETS = 'the ledger holds no credential and no link';
const BYTES = 'the ledger counts the bytes that were sent, by day';
const MAILS = 'each job mails the owners and admins, and the address that it names';
const WEBHOOK = 'of each webhook the ledger tells where it went, for which job, when, and the answer';

const readLedger = 'simulator/read-ledger.ts';
const apiServer = 'simulator/api-server.ts';
const control = 'simulator/control.ts';
const storeServer = 'simulator/store-server.ts';
const links = 'simulator/links.ts';
const exportJob = 'simulator/export-job.ts';
const webhooks = 'simulator/webhooks.ts';

const MAIL = 'emails.push({ to, subject, jobSid, sentAt })';
const DELIVERY = 'webhooks.push(entry);';

/** Each line: the field, what the ledger tells by it, and how it is lost. */
const FIELDS: readonly (readonly [string, string, Fact['switchedOff'], string, string])[] = [
  [
    'now',
    'the time',
    off(readLedger, 'now: new Date(world.clock.now()).toISOString(),', "now: '',"),
    test,
    JOB,
  ],
  [
    'jobsMade',
    'how many jobs were made',
    off(readLedger, 'jobsMade: jobs.length', 'jobsMade: 0'),
    test,
    JOBS,
  ],
  [
    'jobsAlive',
    'how many jobs live',
    off(readLedger, "state === 'alive').length", "state !== 'deleted').length"),
    test,
    JOBS,
  ],
  [
    'jobsDeleted',
    'how many jobs were deleted',
    off(readLedger, 'deletedAt !== null).length', "deletedAt === '').length"),
    test,
    JOBS,
  ],
  ['jobs.jobSid', 'the sid of a job', off(readLedger, '    jobSid,\n', "    jobSid: '',\n"), test, JOB],
  [
    'jobs.accountSid',
    'whose a job is',
    off(readLedger, 'accountSid: account.accountSid,', "accountSid: '',"),
    test,
    JOB,
  ],
  [
    'jobs.resourceType',
    'of which type a job is',
    off(readLedger, '    resourceType,\n', "    resourceType: 'Messages',\n"),
    test,
    JOB,
  ],
  [
    'jobs.friendlyName',
    'the name of a job',
    off(readLedger, '    friendlyName,\n', "    friendlyName: '',\n"),
    test,
    JOB,
  ],
  [
    'jobs.startDay',
    'the first day of a job',
    off(readLedger, '    startDay,\n', '    startDay: endDay,\n'),
    test,
    JOB,
  ],
  [
    'jobs.endDay',
    'the last day of a job',
    off(readLedger, '    endDay,\n', '    endDay: startDay,\n'),
    test,
    JOB,
  ],
  [
    'jobs.createdAt',
    'when a job was made',
    off(readLedger, 'createdAt: new Date(createdAtMs)', 'createdAt: new Date(world.clock.now())'),
    test,
    JOB,
  ],
  [
    'jobs.state',
    'which jobs are alive',
    off(readLedger, "isOver(world, job) ? ended : 'alive'", 'ended'),
    test,
    JOBS,
  ],
  [
    'jobs.state',
    'which jobs were deleted',
    off(readLedger, "? 'over' : 'deleted'", "? 'over' : 'over'"),
    test,
    JOBS,
  ],
  [
    'jobs.state',
    'which jobs are over',
    off(readLedger, "? 'over' : 'deleted'", "? 'alive' : 'deleted'"),
    test,
    JOBS,
  ],
  [
    'jobs.deletedAt',
    'when a job was deleted',
    off(readLedger, 'deletedAtMs === null ? null : new', 'createdAtMs > 0 ? null : new'),
    test,
    JOB,
  ],
  [
    'jobs.byStatus',
    'how the days of a job stand',
    off(readLedger, '[status, days.length]', '[status, 1]'),
    test,
    JOB,
  ],
  [
    'quotaUsed',
    'the quota that was used, by account and UTC day',
    off(readLedger, 'quotaUsed: world.quotaUsed', 'quotaUsed: {}'),
    jobsTest,
    'the same create twice makes two jobs, and both spend quota',
  ],
  [
    'requests',
    'the requests of each operation',
    off(apiServer, 'addTo(world.counts.requests, route.operation);', ''),
    test,
    COUNTS,
  ],
  [
    'requests',
    'the requests for files',
    off(storeServer, "addTo(world.counts.requests, 'getFile');", ''),
    test,
    COUNTS,
  ],
  [
    'requestsToNowhere',
    'the requests to nowhere',
    off(apiServer, 'world.counts.requestsToNowhere += 1;', ''),
    test,
    COUNTS,
  ],
  [
    'answers',
    'the answers of the API by status',
    off('simulator/send-answer.ts', 'addTo(world.counts.answers, String(answer.status));', ''),
    test,
    COUNTS,
  ],
  [
    'answers',
    'the answers of the store by status',
    off(
      storeServer,
      'addTo(world.counts.answers, String(status));\n  response.writeHead(status, headers);',
      'response.writeHead(status, headers);',
    ),
    test,
    COUNTS,
  ],
  [
    'links.issued',
    'the links that were given out',
    off(links, 'world.counts.links.issued += 1;', ''),
    filesTest,
    BYTES,
  ],
  [
    'links.used',
    'the links that gave a file',
    off(links, 'world.counts.links.used += 1;', ''),
    filesTest,
    BYTES,
  ],
  [
    'links.usedTwice',
    'the links that were tried a second time',
    off(links, 'world.counts.links[reason] += 1;', ''),
    filesTest,
    'a link works once',
  ],
  [
    'links.expired',
    'the links that were tried too late',
    off(links, 'world.counts.links[reason] += 1;', ''),
    filesTest,
    'a link works for four minutes',
  ],
  [
    'links.unknown',
    'the links that were tried though nobody gave them out',
    off(links, 'world.counts.links[reason] += 1;', ''),
    filesTest,
    'a link whose path or signature was changed opens nothing',
  ],
  [
    'authorizationAtStore',
    'the Authorization headers that the store saw',
    off(storeServer, 'world.counts.authorizationAtStore += 1;', ''),
    filesTest,
    'the store answers 400 to an Authorization header, counts it, and leaves the link unused',
  ],
  [
    'bytesSent.total',
    'the bytes that were sent',
    off(storeServer, '.total += bytes;', '.total += 0;'),
    filesTest,
    BYTES,
  ],
  [
    'bytesSent.byDay',
    'the bytes that were sent of each day',
    off(storeServer, '${resourceType} ${day}`, bytes)', '${resourceType}`, bytes)'),
    filesTest,
    BYTES,
  ],
  [
    'faults',
    'the faults that were played, by kind',
    off('simulator/faults.ts', 'addTo(counts.faults, one.rule.kind);', ''),
    test,
    'the ledger counts the faults that were played, by kind',
  ],
  ...(
    [
      ['to', 'whom a mail was for'],
      ['subject', 'what a mail was about'],
      ['jobSid', 'for which job a mail was'],
      ['sentAt', 'when a mail was sent'],
    ] as const
  ).map(
    ([field, what]) =>
      [
        `emails.${field}`,
        what,
        off(exportJob, MAIL, MAIL.replace(' })', `, ${field}: '' })`)),
        webhooksTest,
        MAILS,
      ] as const,
  ),
  ...(
    [
      ['url', 'where a webhook went'],
      ['method', 'by which method a webhook went'],
      ['jobSid', 'for which job a webhook was'],
      ['sentAt', 'when a webhook was sent'],
    ] as const
  ).map(
    ([field, what]) =>
      [
        `webhooks.${field}`,
        what,
        off(webhooks, DELIVERY, `${DELIVERY} entry.${field} = '';`),
        webhooksTest,
        WEBHOOK,
      ] as const,
  ),
  [
    'webhooks.outcome',
    'what became of a webhook',
    off(webhooks, "entry.outcome = 'answered';", "entry.outcome = 'failed';"),
    webhooksTest,
    WEBHOOK,
  ],
  [
    'webhooks.status',
    'what the receiver of a webhook answered',
    off(webhooks, 'entry.status = response.statusCode ?? null;', ''),
    webhooksTest,
    WEBHOOK,
  ],
];

/** The ledger, field by field. */
export const LEDGER_FACTS: readonly Fact[] = [
  {
    fact: 'The ledger is read over HTTP, without credentials.',
    mark: 'issue',
    switchedOff: off(control, "case 'GET ledger':", "case 'GET nothing':"),
    test,
    title: HTTP,
  },
  ...FIELDS.map(([field, what, switchedOff, file, title]): Fact => ({
    fact: `The ledger tells ${what}.`,
    mark: 'issue',
    about: `ledger ${field}`,
    switchedOff,
    test: file,
    title,
  })),
  {
    fact: 'The ledger holds no link.',
    mark: 'issue',
    switchedOff: off(
      readLedger,
      '    ...world.counts,\n',
      '    ...world.counts,\n    given: [...world.links.keys()],\n',
    ),
    test,
    title: SECRETS,
  },
  {
    fact: 'The ledger holds no credential.',
    mark: 'issue',
    switchedOff: off(
      readLedger,
      '    ...world.counts,\n',
      '    ...world.counts,\n    tokens: world.accounts.map(({ authToken }) => authToken),\n',
    ),
    test,
    title: SECRETS,
  },
];

function off(file: string, find: string, replace: string): Fact['switchedOff'] {
  return { file, find, replace };
}
