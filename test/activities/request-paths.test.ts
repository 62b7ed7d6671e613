import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { listenOnLoopback } from './loopback.ts';
import { download } from './complete-days.ts';
import { days, identity, startRig } from './rig.ts';

/** The paths that an export may ask for, in which no name leads out of its place. */
const ownPath =
  /^\/v1\/Exports\/(?:Jobs\/[A-Za-z0-9-]+|[A-Za-z0-9-]+\/Jobs|[A-Za-z0-9-]+\/Days(?:\/[A-Za-z0-9-]+)?)(?:\?PageSize=\d+)?$/;

const ways = [
  '../Messages/Configuration',
  '..',
  '',
  'JS1/../../Calls/Days',
  'JS1?x=1',
  'JS1#',
  '%2e%2e',
  '\\',
];
const name = fc.oneof(
  fc.constantFrom(...ways),
  fc.string(),
  fc
    .array(fc.constantFrom('.', '..', '/', '\\', '%2e', '%2F', '?', '#', ' ', '\n', 'a'))
    .map((parts) => parts.join('')),
);

test('no job sid, type or day leads a request to another resource: it is refused for good, and none is sent', async (t) => {
  const asked: string[] = [];
  const apiUrl = await listenOnLoopback(t, (request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(404).end(JSON.stringify({ code: 20404, message: 'not found', status: 404 }));
  });
  const { run } = await startRig(t, { twilioUrl: apiUrl });
  const watch = {
    friendlyName: 'x',
    ...days,
    createdAt: new Date().toISOString(),
    seen: null,
    firstLook: 'planned' as const,
    returnUnchanged: false,
    poll: { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 },
  };
  await fc.assert(
    fc.asyncProperty(name, async (bad) => {
      asked.length = 0;
      const ends = await Promise.all([
        run('watchExportJob', { ...identity, ...watch, jobSid: bad }),
        run('deleteExportJob', { ...identity, jobSid: bad }),
        run('sweepExportJobs', {
          ...identity,
          ...days,
          resourceType: bad as never,
          keep: [],
          createInDoubt: false,
        }),
        run('downloadExportDay', { ...download, day: bad }),
      ]);
      for (const path of asked) assert.match(path, ownPath, JSON.stringify(bad));
      if (/^[A-Za-z0-9-]{1,64}$/.test(bad)) return;
      assert.deepEqual(asked, []);
      const [watched, deleted, swept] = ends;
      for (const { failure } of [watched, deleted, swept]) {
        assert.equal(failure?.type, 'InvalidInput', JSON.stringify(bad));
        assert.equal(failure.nonRetryable, true);
      }
    }),
    { numRuns: 60, examples: ways.map((way): [string] => [way]) },
  );
});
