/** Has exports go on in new runs, at the moment of a test's choice. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { firstRunIdOf } from '../../client/run-chain.ts';
import { eventsOf, type JsonEvent } from '../support/history-json.ts';
import type { ExportHandle } from './export-env.ts';

/** More than an export of few days takes by itself, so that it goes on in a new run only where a test wants it. */
export const LENGTH_OF_A_RUN = { events: 120, bytes: 24_000 };

/**
 * A signal that means nothing to an export, and so long that the engine suggests a new run. Where it comes during a
 * task, the engine counts it only for the task after the next, which a second signal brings.
 */
export async function wantNewRun(handle: WorkflowHandle): Promise<void> {
  await tell(handle, 'note', 'x'.repeat(LENGTH_OF_A_RUN.bytes));
  await handle.query('progress');
  await tell(handle, 'note');
}

/** As {@link wantNewRun}, until the new run has begun and can be asked. */
export async function toNewRun(handle: ExportHandle): Promise<void> {
  const { runId } = await handle.describe();
  await wantNewRun(handle);
  await until(async () => (await handle.describe()).runId !== runId);
  await handle.query('progress');
}

/** The ids of the runs of an export, from the first. */
export async function runIdsOf(client: Client, handle: ExportHandle): Promise<string[]> {
  const next = async (runId: string): Promise<string[]> => {
    const ending = (await eventsOfRun(client, handle, runId)).at(-1);
    const { newExecutionRunId } = attributesOf(ending, 'workflowExecutionContinuedAsNewEventAttributes');
    return [runId, ...(typeof newExecutionRunId === 'string' ? await next(newExecutionRunId) : [])];
  };
  return await next(firstRunIdOf(await handle.describe()));
}

/** The events of one run. */
export async function eventsOfRun(
  client: Client,
  { workflowId }: ExportHandle,
  runId: string,
): Promise<JsonEvent[]> {
  return eventsOf(await client.workflow.getHandle(workflowId, runId).fetchHistory());
}

/** When the timers of a run end, in milliseconds since the epoch, by their summaries. The last of a name counts. */
export function timerEndsOf(events: JsonEvent[]): Record<string, number> {
  const at = (eventId: unknown) => events.find((event) => event.eventId === eventId);
  const ends = events.flatMap((event): [string, number][] => {
    const timer = attributesOf(event, 'timerStartedEventAttributes');
    const lasts = timer.startToFireTimeout;
    if (typeof lasts !== 'string') return [];
    const { startedEventId } = attributesOf(
      at(timer.workflowTaskCompletedEventId),
      'workflowTaskCompletedEventAttributes',
    );
    const begunAt = Date.parse(String(at(startedEventId)?.eventTime));
    const { summary } = event.userMetadata as { summary: { data: string } };
    const lastsMs = Number.parseFloat(lasts) * 1_000;
    return [[JSON.parse(Buffer.from(summary.data, 'base64').toString()) as string, begunAt + lastsMs]];
  });
  return Object.fromEntries(ends);
}

function attributesOf(event: JsonEvent | undefined, kind: string): Record<string, unknown> {
  return (event?.[kind] ?? {}) as Record<string, unknown>;
}

/** Calls back, once for each account, when a ledger leaves one run and when it comes to the next. */
export class LedgerWatch implements PayloadCodec {
  private readonly leaving = new Map<string, () => Promise<void>>();
  private readonly coming = new Map<string, () => Promise<void>>();

  /** Has this called before the command to continue goes to the engine. */
  whenLeaving(account: string, call: () => Promise<void>): void {
    this.leaving.set(account, call);
  }

  /** Has this called before the first task of the new run. What it throws fails that task. */
  whenComing(account: string, call: () => Promise<void>): void {
    this.coming.set(account, call);
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    await callOnce(this.leaving, payloads);
    return payloads;
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    await callOnce(this.coming, payloads);
    return payloads;
  }
}

/** An export's arguments are its input, which names the account, and from the second run on its ledger. */
async function callOnce(calls: Map<string, () => Promise<void>>, payloads: Payload[]): Promise<void> {
  if (calls.size === 0 || payloads.length !== 2) return;
  const [input, ledger] = payloads.map(({ data }) => Buffer.from(data ?? []).toString());
  if (!ledger?.startsWith('{"startedAt":')) return;
  const account = [...calls.keys()].find((name) => input?.includes(name));
  const call = account === undefined ? undefined : calls.get(account);
  if (account === undefined || !call) return;
  calls.delete(account);
  await call();
}

/** A signal by its name, with whatever argument. */
export async function tell(handle: WorkflowHandle, signal: string, ...args: unknown[]): Promise<void> {
  await handle.signal(signal, ...args);
}

/** Asks again and again; what does not come has failed. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Expected within ${PATIENCE_MS} ms: ${isSo.toString()}`);
    await pause(50);
  }
}

/** Far more than anything here takes, also where many run at once on a busy machine. */
const PATIENCE_MS = 120_000;
