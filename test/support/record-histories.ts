/**
 * `npm run record-histories`: plays every story on a dev server of its own and writes its history into
 * `test/histories/unreleased/`, in place of all that lie there. `npm run record-histories -- quota cool` records anew
 * those whose name contains a word.
 *
 * The other folders hold the histories of a released version each, and nothing writes to them: a change of the
 * workflow has to replay them.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventsOfRun, LENGTH_OF_A_RUN, runIdsOf } from '../workflows/new-run.ts';
import { historiesOf, play, runsOf, type Stage, stories } from '../workflows/stories.ts';
import type { JsonEvent } from './history-json.ts';
import { HISTORIES, UNRELEASED } from './recorded-histories.ts';
import { createDevServerEnv, workflowBundle } from './temporal.ts';

const folder = join(HISTORIES, UNRELEASED);
const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

/** They wait more than they compute. */
const STORIES_AT_ONCE = 4;

const words = process.argv.slice(2);
const names = Object.keys(stories).filter(
  (name) => words.length === 0 || words.some((word) => name.includes(word)),
);
const env = await createDevServerEnv();
const envOfShortRuns = await createDevServerEnv({ suggestContinueAsNewAt: LENGTH_OF_A_RUN });
let exitCode = 0;
try {
  const histories = await recordAll(await workflowBundle());
  // Written only now: a story that fails leaves the old ones as they were.
  await mkdir(folder, { recursive: true });
  if (words.length === 0) await removeHistories();
  for (const [name, text] of histories) await writeFile(join(folder, `${name}.json`), text);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  exitCode = 1;
} finally {
  await Promise.all([env.teardown(), envOfShortRuns.teardown()]);
}
// A story that was given up may still ask for its end.
process.exit(exitCode);

async function recordAll(bundle: Stage['workflowBundle']): Promise<Map<string, string>> {
  const left = [...names];
  const histories = new Map<string, string>();
  const faults: string[] = [];
  const recordNext = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      try {
        const stage = { env: runsOf(name) > 1 ? envOfShortRuns : env, workflowBundle: bundle };
        for (const [file, text] of await record(name, stage)) histories.set(file, text);
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: STORIES_AT_ONCE }, recordNext));
  if (faults.length > 0) throw new Error(`Nothing was written:\n${faults.join('\n')}`);
  return histories;
}

/** One history for each run. */
async function record(name: string, stage: Stage): Promise<[file: string, text: string][]> {
  const handle = await play(name, stage);
  const { client } = stage.env;
  const files = historiesOf(name);
  const runIds = await runIdsOf(client, handle);
  return await Promise.all(
    runIds.map(async (runId, at): Promise<[string, string]> => {
      const events = (await eventsOfRun(client, handle, runId)).map(neutral);
      // An event a line, so that a change shows as one.
      const text = `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
      const file = files[at]!;
      refuseTraces(file, text);
      say(`${file}: ${events.length} events`);
      return [file, text];
    }),
  );
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
    if (isFilling(key, value)) return Buffer.from('"x"').toString('base64');
    return value;
  }) as JsonEvent;
}

/** The payload by which a history was made so long that the engine suggested a new run. */
function isFilling(key: string, value: unknown): boolean {
  return key === 'data' && typeof value === 'string' && value.length > LENGTH_OF_A_RUN.bytes;
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
