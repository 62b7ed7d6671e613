import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, writeFile, appendFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkWorld } from './check/check-world.ts';
import type { JobEvidence } from './check/evidence.ts';
import {
  createHealthyWorld,
  hashOf,
  type HealthyWorld,
  pathOf,
  PLANTED_TOKEN,
  sumUp,
} from './healthy-world.ts';

/** One point in which the world is broken, by the rule that has to see it. */
type Break = [title: string, change: (world: HealthyWorld) => void | Promise<void>];

const BREAKS: Record<string, Break[]> = {
  'every workflow is closed as it should': [
    ['one that still runs', (world) => void (world.workflow('complete').status = 'RUNNING')],
    [
      'one that was closed after the run was given up',
      (world) => {
        world.openAtLimit = new Set(['complete']);
      },
    ],
    ['one that the engine does not know', (world) => void world.workflows.delete('complete')],
    [
      'one that was terminated unasked',
      (world) => {
        world.asked1('terminated').disturbance = 'none';
      },
    ],
    [
      'one that was cancelled by a signal that nobody sent',
      (world) => void (world.workflow('signalled').signals = []),
    ],
    [
      'one that was canceled by the engine, which nobody had asked',
      (world) => void (world.workflow('canceled').cancelRequested = false),
    ],
    [
      'one that is canceled and says complete in its manifest',
      async (world) => {
        const { firstRunId } = world.workflow('canceled');
        const path = world.at(`_manifests/canceled/${firstRunId}.json`);
        const receipt = await readFile(path, 'utf8');
        await writeFile(path, receipt.replace('"outcome":"cancelled"', '"outcome":"complete"'));
      },
    ],
    [
      'one that failed, though failed days were allowed',
      (world) => {
        world.asked1('incomplete').allowIncomplete = true;
      },
    ],
    [
      'one that completed, though failed days were not allowed',
      (world) => {
        const workflow = world.workflow('incomplete');
        workflow.result = workflow.failure?.details[0];
        Object.assign(workflow, { status: 'COMPLETED', failure: null });
      },
    ],
    [
      'one that timed out before its time',
      (world) => {
        world.asked1('timed-out').disturbance = 'none';
      },
    ],
    [
      'one that was refused with good credentials',
      (world) => {
        world.asked1('refused').mayBeRefused = false;
      },
    ],
    [
      'one that failed for a reason of its own',
      (world) => {
        const { failure } = world.workflow('incomplete');
        if (failure) failure.type = 'TypeError';
      },
    ],
    [
      'one whose outcome is not what its days make',
      (world) => world.changeReceipt('complete', (receipt) => void (receipt.outcome = 'incomplete')),
    ],
    [
      'one that completed without a result',
      async (world) => {
        world.workflow('complete').result = null;
        await rm(world.at('_manifests/complete'), { recursive: true });
      },
    ],
  ],
  'every day stands once': [
    [
      'a day that is missing',
      (world) =>
        world.changeReceipt('complete', (receipt) => {
          receipt.days.splice(1, 1);
          sumUp(receipt);
        }),
    ],
    [
      'a day that stands twice',
      (world) =>
        world.changeReceipt('complete', (receipt) => {
          receipt.days.push(...receipt.days.slice(0, 1));
          sumUp(receipt);
        }),
    ],
    ['a manifest that is missing', (world) => rm(world.at('_manifests/complete'), { recursive: true })],
    [
      'a manifest that says something else than the result',
      (world) =>
        world.rewriteManifest('complete', ({ days }) => {
          if (days[1]) days[1].attempts = 2;
        }),
    ],
    [
      'totals that its days do not make',
      (world) => world.changeReceipt('complete', ({ totals }) => void (totals['records'] = 1)),
    ],
  ],
  'every day is at home': [
    ['a file that is missing', (world) => rm(world.at(pathOf(world.asked1('complete'), '2024-05-01')))],
    [
      'a byte that is another one',
      async (world) => {
        const path = world.at(pathOf(world.asked1('complete'), '2024-05-01'));
        const bytes = await readFile(path);
        bytes[20] = 255 - (bytes[20] ?? 0);
        await writeFile(path, bytes);
      },
    ],
    [
      "another day's file",
      async (world) => {
        const asked = world.asked1('complete');
        const other = await readFile(world.at(pathOf(asked, '2024-05-03')));
        await writeFile(world.at(pathOf(asked, '2024-05-01')), other);
      },
    ],
    [
      "bytes that Twilio's side never had, though the receipt agrees with the disk",
      (world) => {
        const { truthOf } = world;
        world.truthOf = (of) =>
          of.day.endsWith('01') ? [{ sha256: 'another', sizeBytes: 1, records: 1 }] : truthOf(of);
      },
    ],
    [
      'a day said to be empty that has records',
      (world) => {
        const { truthOf } = world;
        world.truthOf = (of) => (of.day.endsWith('02') ? [] : truthOf(of));
      },
    ],
    [
      'an empty day with a file',
      async (world) => {
        const path = world.at(pathOf(world.asked1('complete'), '2024-05-02'));
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, '');
      },
    ],
    [
      'a location that leads elsewhere',
      (world) =>
        world.changeReceipt('complete', ({ days }) => {
          if (days[0]) days[0].location = days[2]?.location;
        }),
    ],
  ],
  'every outcome has its reason': [
    [
      'a day that failed before its last attempt',
      (world) => void (world.asked1('incomplete').maximumAttempts = 3),
    ],
    [
      'a day with more submissions than were asked for',
      (world) => void (world.asked1('incomplete').maximumAttempts = 1),
    ],
    [
      'a day for which more jobs were made than were told of',
      (world) => {
        world.ledger.jobs.push({ ...world.job('complete'), jobSid: 'JS-more' });
      },
    ],
    [
      'a day for which more jobs were made after a reset than were told of',
      (world) => {
        const later = { createdAt: '2024-06-01T05:00:00Z' };
        for (const jobSid of ['JS-more', 'JS-yet-more'])
          world.ledger.jobs.push({ ...world.job('reset'), jobSid, ...later });
      },
    ],
    [
      'a day that no job ever asked for',
      (world) => {
        world.ledger.jobs = world.ledger.jobs.filter((job) => job !== world.job('complete'));
      },
    ],
    [
      'a day that somebody else is said to have deleted',
      (world) =>
        world.changeReceipt('incomplete', (receipt) => {
          if (receipt.days[0]) receipt.days[0].outcome = 'deleted';
          sumUp(receipt);
        }),
    ],
    [
      'a cancelled day of an export that nobody cancelled',
      (world) => void (world.workflow('signalled').signals = []),
    ],
  ],
  'no job lives on': [
    ['a job that is alive', (world) => void (world.job('complete').state = 'alive')],
    [
      'a job that is alive and said to be deleted, of an export that was to keep it',
      (world) => {
        world.asked1('complete').deleteJob = false;
        world.job('complete').state = 'alive';
      },
    ],
    [
      'a job that is alive and untold, of an export that keeps its jobs and knows of no create under way',
      async (world) => {
        world.asked1('complete').deleteJob = false;
        Object.assign(world.job('complete'), { state: 'alive', deletedAt: null });
        await leaveOut(world, []);
      },
    ],
    [
      'a job that is alive and untold, of an export that was to delete its jobs',
      async (world) => {
        Object.assign(world.job('complete'), { state: 'alive', deletedAt: null });
        await leaveOut(world, [CREATE_UNDER_WAY]);
      },
    ],
    ['a job that is alive after a cancel', (world) => void (world.job('canceled').state = 'alive')],
    [
      'a job that nobody has reaped after its export was terminated',
      (world) => void Object.assign(world.job('terminated'), { state: 'alive', deletedAt: null }),
    ],
  ],
  'no submission has two jobs': [
    [
      'a second job of one marker, though it is deleted',
      (world) => {
        world.ledger.jobs.push({ ...world.job('complete'), jobSid: 'JS-second' });
      },
    ],
    [
      'a second job of one marker after a deleted one, where nothing was reset',
      (world) => void world.ledger.jobs.push(madeAnew(world, 'complete', '2024-06-01T02:00:00Z')),
    ],
    [
      'a job that a reset made anew, though the first was there to be adopted',
      (world) => void world.ledger.jobs.push(madeAnew(world, 'reset', '2024-06-01T00:59:00Z')),
    ],
  ],
  'no day is asked for twice at once': [
    [
      'two live jobs with a day in common',
      (world) => {
        const job = world.job('complete');
        world.sightings.push([job, { ...job, jobSid: 'JS-second', startDay: job.endDay }]);
      },
    ],
  ],
  'every job is accounted for': [
    [
      'a job that no receipt names',
      (world) => world.changeReceipt('complete', ({ jobs }) => void jobs.splice(0, 1)),
    ],
    [
      'a job that is named and never was',
      (world) =>
        world.changeReceipt('complete', ({ jobs }) => {
          const [first] = jobs;
          if (first) jobs.push({ ...first, jobSid: 'JS-never' });
        }),
    ],
    [
      'a job said to be deleted that nobody deleted',
      (world) => void (world.job('complete').deletedAt = null),
    ],
    ...['kept', 'unknown'].map((fate): Break => [
      `a job whose fate is ${fate}`,
      (world) =>
        world.changeReceipt('complete', ({ jobs }) => {
          if (jobs[0]) jobs[0].fate = fate;
        }),
    ]),
    [
      'a job without the marker of its export',
      (world) => void (world.job('complete').friendlyName = 'A name [00000000-000000000000-1]'),
    ],
    [
      'a job of an export that was refused before it made any',
      (world) => {
        const { accountSid } = world.asked1('refused');
        world.ledger.jobs.push({ ...world.job('complete'), jobSid: 'JS-orphan', accountSid });
      },
    ],
    [
      'a job that a reset has forgotten and nobody has deleted before it',
      async (world) => {
        world.job('reset').deletedAt = '2024-06-01T03:00:00Z';
        await world.changeReceipt('reset', ({ jobs }) => void jobs.splice(0, 1));
      },
    ],
    [
      'something that could not be cleaned up',
      (world) => world.changeReceipt('complete', ({ notCleaned }) => void notCleaned.push('A job.')),
    ],
  ],
  'reaping shows first': [
    ['an orphan that a dry run did not show', (world) => void (world.reaping.orphans = [])],
    [
      'a job that a dry run deleted',
      (world) => {
        const job = world.reaping.after.jobs.find(({ jobSid }) => jobSid === 'JS-terminated-1');
        Object.assign(job ?? {}, { state: 'deleted', deletedAt: '2024-06-01T01:00:00Z' });
      },
    ],
    ['what the reaper could not do', (world) => void world.reaping.failures.push('Twilio did not answer.')],
  ],
  'nobody touches the jobs of others': [
    [
      "somebody else's job that was deleted",
      (world) => void (world.stranger.deletedAt = '2024-06-01T01:00:00Z'),
    ],
    [
      "somebody else's job that was shown as an orphan",
      (world) => void world.reaping.orphans.push('JS-stranger'),
    ],
    [
      'a job that was reaped though its export still runs',
      (world) => {
        world.workflow('complete').status = 'RUNNING';
        world.reaping.reaped.push(world.job('complete').jobSid);
      },
    ],
    [
      'a job that was kept for its caller and is shown as an orphan',
      async (world) => {
        Object.assign(world.job('complete'), { state: 'over', deletedAt: null });
        await world.changeReceipt('complete', ({ jobs }) => {
          if (jobs[0]) jobs[0].fate = 'kept';
        });
        world.reaping.orphans.push(world.job('complete').jobSid);
      },
    ],
    [
      'a job that was kept for its caller and is deleted',
      (world) =>
        world.changeReceipt('complete', ({ jobs }) => {
          if (jobs[0]) jobs[0].fate = 'kept';
        }),
    ],
  ],
  'everybody cleans up': ['_half-HASH-AA-00', '_verdict-HASH.json', '_check-HASH-00', '_draft-HASH-00'].map(
    (name): Break => [
      `a file ${name} that its export left to the next one`,
      (world) => {
        const hash = hashOf(world.workflow('complete').firstRunId);
        world.leftBeforeLast.push(`anywhere/${name.replace('HASH', hash)}`);
      },
    ],
  ),
  'nothing half is left': [
    ...['_half-00-AA-00', '_verdict-00.json', '_verdict-00-11.json', 'part-1.json.gz'].flatMap((name) =>
      ['complete', 'terminated'].map((workflowId): Break => [
        `a file ${name} of an export that is ${workflowId}`,
        async (world) => {
          const folder = dirname(world.at(pathOf(world.asked1(workflowId), '2024-05-01')));
          await mkdir(folder, { recursive: true });
          await writeFile(join(folder, name), 'half');
        },
      ]),
    ),
    [
      'an upload that is open, or a file in the spool',
      (world) => void world.leftOnTheWay.push('account=AC0/type=Calls/day=2024-05-01/part-0.json.gz'),
    ],
    ...['_check-00', '_manifests/complete/_draft-00'].map((path): Break => [
      `a file ${path}`,
      (world) => writeFile(world.at(path), ''),
    ]),
  ],
  'every final name is whole': [
    [
      'a half file with a final name, of a day that was cancelled',
      async (world) => {
        const path = world.at(pathOf(world.asked1('signalled'), '2024-05-03'));
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, 'half');
      },
    ],
    [
      'a day that nobody asked for',
      async (world) => {
        const folder = dirname(world.at(pathOf(world.asked1('complete'), '2024-05-01')));
        await rename(folder, folder.replace('2024-05-01', '2024-05-09'));
      },
    ],
  ],
  'nothing leaked': [
    [
      'a token in a payload of a history',
      (world) => {
        world.workflow('complete').events.push({ payloads: [{ data: Buffer.from(`"${PLANTED_TOKEN}"`) }] });
      },
    ],
    [
      'a token in a history that a reset put aside',
      (world) => void world.workflow('reset').abandoned.push([{ message: PLANTED_TOKEN }]),
    ],
    [
      'a token in base64, in the middle of other bytes',
      (world) => {
        const text = Buffer.from(`user:${PLANTED_TOKEN}`).toString('base64');
        world.workflow('complete').events.push({ message: `Basic ${text}` });
      },
    ],
    [
      'a token in a description',
      (world) => {
        world.workflow('complete').description = { pendingActivities: [{ lastFailure: PLANTED_TOKEN }] };
      },
    ],
    ['a signed link in a log', (world) => appendFile(join(world.logs, 'worker-1.log'), 'X-Amz-Signature=00')],
    [
      'a token in a manifest',
      (world) => world.changeReceipt('complete', ({ notCleaned }) => void notCleaned.push(PLANTED_TOKEN)),
    ],
    ['a token in the name of a file', (world) => writeFile(world.at(`_check-${PLANTED_TOKEN}`), '')],
    ['credentials at the file store', (world) => void (world.ledger.authorizationAtStore = 1)],
    ['credentials at another server', (world) => void (world.authorizationElsewhere = 1)],
  ],
};

describe('the check of a chaos run', () => {
  it('finds nothing in a world in which nothing is wrong', async () => {
    await inWorld(async (world) => {
      assert.deepEqual(await checkWorld(world), []);
    });
  });

  it('lets a reset have a job made anew that was deleted before, and forget it', async () => {
    await inWorld(async (world) => {
      world.job('reset').deletedAt = '2024-06-01T00:20:00Z';
      const anew = madeAnew(world, 'reset', '2024-06-01T02:00:00Z');
      world.ledger.jobs.push(anew);
      await world.changeReceipt('reset', ({ jobs }) => {
        if (jobs[0]) jobs[0].jobSid = anew.jobSid;
      });
      assert.deepEqual(await checkWorld(world), []);
    });
  });

  it('lets a job live on where its caller keeps it', async () => {
    await inWorld(async (world) => {
      world.asked1('complete').deleteJob = false;
      Object.assign(world.job('complete'), { state: 'alive', deletedAt: null });
      await world.changeReceipt('complete', ({ jobs }) => {
        if (jobs[0]) jobs[0].fate = 'kept';
      });
      assert.deepEqual(await checkWorld(world), []);
    });
  });

  it('lets a job live on whose create was under way when an export ended that keeps its jobs', async () => {
    await inWorld(async (world) => {
      world.asked1('complete').deleteJob = false;
      Object.assign(world.job('complete'), { state: 'alive', deletedAt: null });
      await leaveOut(world, [CREATE_UNDER_WAY]);
      assert.deepEqual(await checkWorld(world), []);
    });
  });

  for (const [rule, breaks] of Object.entries(BREAKS))
    for (const [title, change] of breaks)
      it(`sees by "${rule}" ${title}`, async () => {
        await inWorld(async (world) => {
          await change(world);
          const rules = (await checkWorld(world)).map((violation) => violation.rule);
          assert.ok(rules.includes(rule), `${rule} is not among ${rules.join(', ') || 'none'}`);
        });
      });

  it('has a seeded violation for each of its rules', async () => {
    const folder = fileURLToPath(new URL('check', import.meta.url));
    const names = await readdir(folder);
    const code = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    const rules = code.flatMap((text) =>
      [...text.matchAll(/(?:rule: |violation\(\s*)'([^']+)'/g)].map(([, rule]) => rule),
    );
    assert.deepEqual([...new Set(rules)].toSorted(), Object.keys(BREAKS).toSorted());
  });

  it('imports no code of the product', async () => {
    const seen = new Set<string>();
    const foreign: string[] = [];
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const code = await readFile(path, 'utf8');
      const named = [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name);
      for (const name of named) {
        if (name.startsWith('node:') || name === '@temporalio/client') continue;
        const target = name.startsWith('.') ? fileURLToPath(new URL(name, `file://${path}`)) : name;
        if (target.startsWith(TESTS)) await visit(target);
        else foreign.push(`${path.slice(TESTS.length)} imports ${name}`);
      }
    };
    for (const name of await readdir(join(TESTS, 'chaos/check')))
      await visit(join(TESTS, 'chaos/check', name));
    assert.deepEqual(foreign, []);
    assert.ok(seen.size > 10, [...seen].join());
  });
});

const TESTS = fileURLToPath(new URL('..', import.meta.url));

async function inWorld(judge: (world: HealthyWorld) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-check-'));
  try {
    await judge(await createHealthyWorld(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const CREATE_UNDER_WAY =
  'A create was under way: a job that is not named here may run on at Twilio, as asked';

/** The receipt of an export that has never learned the sid of its job. */
async function leaveOut(world: HealthyWorld, notCleaned: string[]): Promise<void> {
  await world.changeReceipt('complete', (receipt) => {
    Object.assign(receipt, { jobs: [], notCleaned });
  });
}

/** A second job of an export's first submission. */
function madeAnew(world: HealthyWorld, workflowId: string, createdAt: string): JobEvidence {
  return { ...world.job(workflowId), jobSid: 'JS-anew', createdAt, deletedAt: '2024-06-01T04:00:00Z' };
}
