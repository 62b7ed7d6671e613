/**
 * What happens on a disk that is really full: `full-disk.ts FOLDER`, where the folder is a file system of its own of
 * two megabytes. Says as JSON what each step came to.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createActivities, createFileStorage } from '../../activities/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import { DAY, download } from './complete-days.ts';
import { create, identity, quickSettings, runActivity, type Ran } from './rig.ts';

/** What one attempt came to, and what then lay in the destination. */
export interface FullDiskStep {
  result: unknown;
  type: string | null;
  message: string;
  isFinal: boolean;
  nextRetryDelay: unknown;
  files: string[];
}

/** What the program says. */
export interface FullDiskReport {
  expected: { sizeBytes: number; records: number; sha256: string } | null;
  first: FullDiskStep;
  withRoom: FullDiskStep;
  create: FullDiskStep;
  manifest: FullDiskStep;
}

const [, , root = ''] = process.argv;
const simulator = await startSimulator({
  clock: { kind: 'manual', start: '2026-10-10T12:00:00Z' },
  script: { days: [{ statuses: [{ status: 'Completed' }], sizeBytes: 1_500_000 }] },
});
const { accountSid, authToken } = simulator;
const { activities, close } = createActivities({
  accounts: { default: { accountSid, username: accountSid, password: authToken } },
  destinations: { default: createFileStorage(pathToFileURL(root).href) },
  twilioUrl: simulator.apiUrl,
  settings: { ...quickSettings, stallMs: 10_000 },
});
const oneDay = { ...create, endDay: DAY };

await runActivity(activities.createExportJob, oneDay);
const ballast = join(root, '_ballast');
await writeFile(ballast, Buffer.alloc(800 * 1024));
const first = await see(runActivity(activities.downloadExportDay, download));
// Now there is room for the file, and not for a copy of the half file beside that.
await rm(ballast);
const withRoom = await see(runActivity(activities.downloadExportDay, download, { attempt: 2 }));
await fill(root);
const report: FullDiskReport = {
  expected: simulator.expectedFile({ resourceType: 'Messages', day: DAY }),
  first,
  withRoom,
  create: await see(runActivity(activities.createExportJob, { ...oneDay, submission: 2 })),
  manifest: await see(
    runActivity(activities.writeExportManifest, {
      ...identity,
      destination: 'default',
      workflowId: 'w',
      manifest: { notCleaned: ['x'.repeat(100_000)] } as never,
    }),
  ),
};
await close();
await simulator.stop();
process.stdout.write(JSON.stringify(report));

async function see(running: Promise<Ran<unknown>>): Promise<FullDiskStep> {
  const { result, failure, error } = await running;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return {
    result,
    type: failure?.type ?? null,
    message: failure?.message ?? String(error),
    isFinal: failure?.nonRetryable ?? false,
    nextRetryDelay: failure?.nextRetryDelay,
    files: entries.filter((entry) => entry.isFile()).map(({ name }) => name),
  };
}

/** To the last page: until nothing more goes in. */
async function fill(folder: string): Promise<void> {
  for (let number = 0; ; number++) {
    try {
      await writeFile(join(folder, `_ballast-${number}`), Buffer.alloc(1024 * 1024));
    } catch {
      return;
    }
  }
}
