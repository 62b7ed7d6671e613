import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchOver } from '../../cli/demo/watchdog.ts';
import { findRclone } from './find-rclone.ts';

/** A real S3 server on loopback, with one bucket. */
export interface S3Server {
  /** `http://127.0.0.1:…`, the same after a restart. */
  endpoint: string;
  bucket: string;
  /** Where its objects lie as files, beside what the server writes on the way. */
  folder: string;
  /** Another one after a restart; undefined once it is closed. */
  pid: () => number | undefined;
  /** What is in the bucket, by its key. What the server writes on the way is not in it. */
  keys: () => Promise<string[]>;
  read: (key: string) => Promise<Buffer>;
  /** Ends at once, as in a power cut. What was begun is forgotten, and so is what objects say of themselves. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
  /** Stops it for good, and removes what it has stored. */
  close: () => Promise<void>;
}

/** Long enough that no store takes them for too short. They open nothing but the server below. */
const ACCESS_KEY = 'test-access-key-id';
const SECRET_KEY = 'test-secret-access-key';

/** What the SDK finds in the environment. No other credentials of this machine are looked for. */
export const S3_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: ACCESS_KEY,
  AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

const BUCKET = 'exports';
const START_TIMEOUT_MS = 30_000;
/** The server writes an object under such a name before it has its own. */
const TEMPORARY = /(?:^|\/)\.rclone_temp_/;

/** Starts `rclone serve s3` on a port of the system's choice. */
export async function startS3Server(): Promise<S3Server> {
  const path = await findRclone({ say: (line) => process.stderr.write(`${line}\n`) });
  const folder = await mkdtemp(join(tmpdir(), 's3-server-'));
  await mkdir(join(folder, BUCKET));
  let child: ChildProcess | undefined;
  let dismissWatchdog = (): void => {};
  let port = 0;

  async function start(): Promise<void> {
    const words = `serve s3 --config /dev/null --vfs-cache-mode off --addr 127.0.0.1:${port}`;
    const started = spawn(path, [...words.split(' '), '--auth-key', `${ACCESS_KEY},${SECRET_KEY}`, folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    dismissWatchdog = watchOver(started.pid);
    port = await readPort(started);
  }

  async function stop(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    dismissWatchdog();
  }

  await start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: BUCKET,
    folder: join(folder, BUCKET),
    pid: () => child?.pid,
    keys: async () => {
      const entries = await readdir(join(folder, BUCKET), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, BUCKET).length + 1))
        .filter((key) => !TEMPORARY.test(key))
        .toSorted();
    },
    read: (key) => readFile(join(folder, BUCKET, key)),
    stop,
    start,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server says where it listens. Its words are read to the end: it would not outlive a pipe that is closed. */
function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000);
      const match = /\[http:\/\/127\.0\.0\.1:(\d+)\/\]/.exec(said);
      if (match !== null) {
        clearTimeout(limit);
        resolve(Number(match[1]));
      }
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`The S3 server has ended at its start: ${said}`)));
  });
}
