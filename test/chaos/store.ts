/** Where the days of a run go: a folder, or a bucket of a real S3 server. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { createClosers } from '../../cli/demo/closers.ts';
import { openUploads } from '../support/open-uploads.ts';
import { S3_ENVIRONMENT, startS3Server } from '../support/s3-server.ts';
import { readDisk } from './check/read-disk.ts';

/** The kinds of destinations that a run can have. */
export type StoreKind = 'disk' | 's3';

/** The destination of a run. */
export interface ChaosStore {
  url: string;
  /** Where all workers keep days on their way to it; null where they need no such place. */
  spool: string | null;
  /** Where its files lie. */
  folder: string;
  /** What the location of a file in it begins with. */
  locations: string;
  /** Credentials for it, by a name for the report. */
  secrets: Record<string, string>;
  /** Takes it away for a while, where that is possible. */
  takeAway: ((ms: number) => Promise<void>) | null;
  /** Half files on their way to it, by their paths. */
  filesOnTheWay: () => Promise<string[]>;
  /** The keys of uploads that are open. */
  openUploads: () => Promise<string[]>;
}

/** Makes the destination. */
export async function openStore(
  kind: StoreKind,
  folder: string,
  close: ReturnType<typeof createClosers>['add'],
): Promise<ChaosStore> {
  if (kind === 'disk') {
    const destination = join(folder, 'destination');
    await mkdir(destination);
    const { href } = pathToFileURL(destination);
    return {
      url: href,
      spool: null,
      folder: destination,
      locations: `${href}/`,
      secrets: {},
      takeAway: null,
      filesOnTheWay: async () => [],
      openUploads: async () => [],
    };
  }
  // The workers inherit it.
  Object.assign(process.env, S3_ENVIRONMENT);
  const server = await startS3Server();
  close('the S3 server', server.close);
  const spool = join(folder, 'spool');
  await mkdir(spool);
  return {
    url: `s3://${server.bucket}?endpoint=${server.endpoint}&forcePathStyle=true&checksum=md5`,
    spool,
    folder: server.folder,
    locations: `s3://${server.bucket}/`,
    secrets: { 'the secret key of S3': S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY },
    takeAway: async (ms) => {
      await server.stop();
      await setTimeout(ms);
      await server.start();
    },
    filesOnTheWay: async () => [...(await readDisk(spool)).keys()],
    openUploads: () => openUploads(server),
  };
}
