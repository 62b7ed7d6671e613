/**
 * `npm run record-histories`: plays every story on a dev server of its own and writes its history into
 * `test/histories/`, in place of all that lie there. `npm run record-histories -- quota cool` records anew those
 * whose name contains a word.
 *
 * Histories of a released version are never recorded again: a change of the workflow has to replay them.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { play, type Stage, stories } from '../workflows/stories.ts';
import { eventsOf, type JsonEvent } from './history-json.ts';
import { createDevServerEnv, workflowBundle } from './temporal.ts';

const folder = fileURLToPath(new URL('../histories', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

/** They wait more than they compute. */
const STORIES_AT_ONCE = 4;

const words = process.argv.slice(2);
const names = Object.keys(stories).filter(
  (name) => words.length === 0 || words.some((word) => name.includes(word)),
);
const env = await createDevServerEnv();
let exitCode = 0;
try {
  const histories = await recordAll({ env, workflowBundle: await workflowBundle() });
  // Written only now: a story that fails leaves the old ones as they were.
  await mkdir(folder, { recursive: true });
  if (words.length === 0) await removeHistories();
  for (const [name, text] of histories) await writeFile(join(folder, `${name}.json`), text);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  exitCode = 1;
} finally {
  await env.teardown();
}
// A story that was given up may still ask for its end.
process.exit(exitCode);

async function recordAll(stage: Stage): Promise<Map<string, string>> {
  const left = [...names];
  const histories = new Map<string, string>();
  const faults: string[] = [];
  const recordNext = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      try {
        histories.set(name, await record(name, stage));
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: STORIES_AT_ONCE }, recordNext));
  if (faults.length > 0) throw new Error(`Nothing was written:\n${faults.join('\n')}`);
  return histories;
}

async function record(name: string, stage: Stage): Promise<string> {
  const handle = await play(name, stage);
  const events = eventsOf(await handle.fetchHistory()).map(neutral);
  // An event a line, so that a change shows as one.
  const text = `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
  refuseTraces(name, text);
  say(`${name}: ${events.length} events`);
  return text;
}

async function removeHistories(): Promise<void> {
  const old = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  await Promise.all(old.map((name) => rm(join(folder, name))));
}

/** Without what tells of the machine: who polled, on which queue of its own, and where its code lies. */
function neutral(event: JsonEvent): JsonEvent {
  return JSON.parse(JSON.stringify(event), (key, value: unknown) => {
    if (key === 'identity') return 'recorded';
    if (key === 'stackTrace') return '';
    if (isStickyQueue(key, value)) return { ...value, name: 'recorded' };
    return value;
  }) as JsonEvent;
}

function isStickyQueue(key: string, value: unknown): value is { name: string } {
  return key === 'taskQueue' && (value as { kind?: string }).kind === 'TASK_QUEUE_KIND_STICKY';
}

/** Payloads are base64, so they are looked into as well. */
function refuseTraces(name: string, text: string): void {
  const decoded = text.replaceAll(/"data":"([^"]+)"/g, (_, base64: string) =>
    Buffer.from(base64, 'base64').toString(),
  );
  const traces = [hostname(), root, homedir()].filter((trace) => trace.length > 1 && decoded.includes(trace));
  if (traces.length > 0)
    throw new Error(`The history of ${name} tells of this machine: ${traces.join(', ')}`);
}
