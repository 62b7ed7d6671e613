import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { BulkExportsClient, DEFAULT_TASK_QUEUE, type ExportHandle } from '../../client/index.ts';
import { formatDays } from '../amounts.ts';
import type { Answer, CommandContext } from '../cli.ts';
import { CommandError } from '../exit-codes.ts';
import { followProgress } from '../live-progress.ts';
import { loadWorker } from '../load-worker.ts';
import { filesOf, resultText } from '../result-text.ts';
import { findTemporalServer } from '../temporal-server/index.ts';
import { createClosers, type Closers } from './closers.ts';
import { createDemo, type Demo } from './demo-script.ts';
import { startDemoWorker, type DemoWorker } from './demo-worker.ts';
import { startDevServer } from './dev-server.ts';
import { readingLines } from './reading-lines.ts';

/** How the demo is run. */
export interface DemoOptions {
  /** Where the files go. Default: a folder of this run under `exports/demo`. */
  directory?: string;
  /** How much faster than real time the simulated Twilio's passes. */
  speed: number;
  /** Leave everything up until Ctrl-C. */
  keep: boolean;
  /** What is exported, and what happens to it. Default: a month with all that may happen. */
  demo?: Demo;
}

/**
 * One export on real parts: a Temporal server, a simulated Twilio, a worker in this process, files on disk. Whatever
 * happens, nothing of it is left running.
 *
 * @throws CommandError `interrupted` on Ctrl-C before the end.
 */
export async function runDemo(options: DemoOptions, context: CommandContext): Promise<Answer | undefined> {
  const closers = createClosers(context.terminal.say);
  try {
    const demo = options.demo ?? createDemo(Date.now());
    const parts = await startParts(options, demo, closers, context);
    const answer = await Promise.race([runExport(demo, parts, context), failureOf(parts.worker)]);
    if (!options.keep) return answer;

    context.answer(answer);
    context.terminal.say(`All of it stays up until Ctrl-C. Look around: ${parts.uiUrl}`);
    await untilInterrupted(context.interruption());
    return undefined;
  } finally {
    await closers.closeAll();
  }
}

interface DemoParts {
  address: string;
  uiUrl: string;
  directory: string;
  taskQueue: string;
  worker: DemoWorker;
}

async function startParts(
  options: DemoOptions,
  demo: Demo,
  closers: Closers,
  { terminal, interruption }: CommandContext,
): Promise<DemoParts> {
  const { show } = terminal;
  const interrupted = interruption();
  // What is missing is known before a server is fetched.
  await loadWorker();
  const directory = await makeDirectory(options.directory);
  stopIf(interrupted);
  const server = await startDevServer(await findTemporalServer({ say: terminal.say }));
  closers.add('the Temporal server', server.stop);
  show(`1. Temporal runs at ${server.address}, its Web UI at ${server.uiUrl}`);
  stopIf(interrupted);

  const { startSimulator } = await import('../../simulator/index.ts');
  const simulator = await startSimulator({
    clock: { kind: 'faster', speed: options.speed },
    script: demo.script,
  });
  closers.add('the simulator', simulator.stop);
  show(
    `2. A simulated Twilio answers at ${simulator.apiUrl}, ${options.speed} times faster than the real one`,
  );
  stopIf(interrupted);

  const taskQueue = DEFAULT_TASK_QUEUE;
  const worker = await startDemoWorker({ address: server.address, taskQueue, simulator, directory });
  closers.add('the worker', worker.stop);
  show(`3. A worker listens on the task queue ${taskQueue}; files go to ${directory}`);
  return { address: server.address, uiUrl: server.uiUrl, directory, taskQueue, worker };
}

/** Without its worker an export waits for ever. */
async function failureOf(worker: DemoWorker): Promise<never> {
  await worker.ended;
  return new Promise(() => {});
}

async function runExport(demo: Demo, parts: DemoParts, context: CommandContext): Promise<Answer> {
  const { terminal } = context;
  const interrupted = context.interruption();
  const connection = await Connection.connect({ address: parts.address });
  try {
    stopIf(interrupted);
    const exports = new BulkExportsClient({ client: new Client({ connection }), taskQueue: parts.taskQueue });
    const handle = await exports.startExport(demo.input);
    const workflowUrl = await urlOf(handle, parts.uiUrl);
    terminal.show(`4. The export has started: ${workflowUrl}`);
    terminal.show(demo.story.map((sentence) => `   - ${sentence}`).join('\n'));

    await followProgress({ handle, terminal, signal: interrupted, intervalMs: PROGRESS_INTERVAL_MS });
    stopIf(interrupted);
    const result = await handle.result();
    const files = filesOf(result);
    const reading = files === null ? [] : readingLines(files, process.cwd());
    return {
      document: { workflowId: handle.workflowId, workflowUrl, reading, ...result },
      text: [
        '',
        resultText(result, terminal.paint),
        `Web UI:   ${workflowUrl}`,
        '',
        `5. ${formatDays(result.totals.downloaded)} are on disk. Read them:`,
        ...reading.map((line) => `   ${line}`),
      ].join('\n'),
      reason: result.outcome === 'complete' ? 'success' : result.outcome,
    };
  } finally {
    await connection.close();
  }
}

/** The whole demo takes half a minute: twice a second shows each step. */
const PROGRESS_INTERVAL_MS = 500;

/** The files are nobody's source: git does not see them, wherever the demo is run. */
async function makeDirectory(wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true });
    return resolve(wanted);
  }
  const root = resolve('exports', 'demo');
  const directory = join(root, new Date().toISOString().replaceAll(/[:.]/g, '-'));
  await mkdir(directory, { recursive: true });
  await writeFile(join(root, '.gitignore'), '*\n');
  return directory;
}

async function urlOf(handle: ExportHandle, uiUrl: string): Promise<string> {
  const { runId } = await handle.describe();
  return `${uiUrl}/namespaces/default/workflows/${encodeURIComponent(handle.workflowId)}/${runId}`;
}

function stopIf(interrupted: AbortSignal): void {
  if (interrupted.aborted)
    throw new CommandError('interrupted', 'The demo was stopped; nothing of it runs any more.');
}

async function untilInterrupted(interrupted: AbortSignal): Promise<void> {
  while (!interrupted.aborted) await setTimeout(A_DAY_MS, undefined, { signal: interrupted }).catch(() => {});
}

const A_DAY_MS = 86_400_000;
