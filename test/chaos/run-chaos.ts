/** One chaos run: the parts, the exports, what is done to both, and what is left in the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClosers } from '../../cli/demo/closers.ts';
import { checkWorld } from './check/check-world.ts';
import type { Evidence, Violation } from './check/evidence.ts';
import { driveAll } from './drive-all.ts';
import { countFigures, type ChaosFigures } from './figures.ts';
import { gather, keepEvidence } from './gather.ts';
import type { PlannedExport } from './plan.ts';
import { setStage, type Stage } from './stage.ts';
import type { StoreKind } from './store.ts';
import { tidyUp } from './tidy-up.ts';

/** What a run is made of. */
export interface ChaosOptions {
  exports: number;
  /** Of one export. */
  mostDays: number;
  seed: string;
  /** Worker processes. */
  workers: number;
  /** How long one of them lives, at least and at most. */
  lifeMs: { minimum: number; maximum: number };
  /** After so many kills the workers live on. */
  mostKills: number;
  /** Each kind of fault meets so many of 100 requests that it fits, up to twice as many. */
  faultPercent: number;
  /** Where the days go. */
  into: StoreKind;
  /** How often the server is stopped and started. */
  serverRestarts: number;
  /** After so many events the server suggests to a workflow to go on in a new run. */
  continueAfterEvents: number;
  /** How long after its start an export is disturbed at most. */
  disturbedWithinMs: number;
  /** How soon the day of Twilio's ends whose quota somebody has spent; later where the machine is busy. */
  quotaDayEndsAfterMs: number;
  /** Exports that run at the same time. */
  atOnce: number;
  /** After so long the run is given up: what is still open is a violation. */
  limitMs: number;
  /** Whether the folder is kept also where nothing is wrong. */
  keep: boolean;
  say: (line: string) => void;
}

/** How a run went. */
export interface ChaosReport {
  violations: Violation[];
  figures: ChaosFigures;
  /** Histories, logs and files; kept where something is wrong. */
  folder: string;
}

/** Runs it all, and removes its folder where nothing is wrong. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { say } = options;
  const startedAtMs = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'bulk-exports-chaos-'));
  const closers = createClosers(say);
  try {
    const stage = await setStage(options, folder, closers.add);
    say('The parts have started.');
    const fleet = stage.startFleet();
    closers.add('the workers', fleet.stop);
    const driven = await driveAll(options, stage);
    await fleet.stop();
    say(driven.open.length === 0 ? 'Everything is closed.' : givenUp(driven.open));
    say('Now operators tidy up.');
    const tidied = await tidyUp(stage, driven.open, closers.add);
    const evidence = await gather(stage, { resets: driven.resets, ...tidied });
    await endOpen(stage, evidence, driven.drivers);
    say('Now it is checked.');
    const violations = await checkWorld(evidence);
    const figures = countFigures({
      evidence,
      ledger: stage.simulator.ledger(),
      driven,
      fleet,
      webhooks: stage.bystander.webhooks(),
      seconds: Math.round((Date.now() - startedAtMs) / 1000),
    });
    if (violations.length > 0 || options.keep) await keepEvidence(folder, evidence, violations);
    else await rm(folder, { recursive: true, force: true });
    return { violations, figures, folder };
  } finally {
    await closers.closeAll();
  }
}

function givenUp(open: readonly PlannedExport[]): string {
  const names = open.map(({ workflowId }) => workflowId).join(', ');
  return `The run is given up at its limit; not closed by then are ${open.length} exports: ${names}.`;
}

/** Where the run was given up: nobody is to wait for an export when the connection closes. What was seen stands. */
async function endOpen({ client }: Stage, { workflows }: Evidence, drivers: Promise<unknown>): Promise<void> {
  const open = [...workflows].filter(([, { status }]) => status === 'RUNNING');
  for (const [workflowId] of open)
    await client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => {});
  if (open.length > 0) await drivers;
}
