/** What the callers of an export wanted to become of its jobs, from its history. */
import type { Client, Payload } from '@temporalio/client';
import { isJsonObject } from '../../activities/for-worker.ts';
import { cancelSignal } from '../../workflows/api.ts';
import { decode, UnreadablePayload } from './decode.ts';
import type { AskedFor } from './find-misfit.ts';
import { orNull } from './runs.ts';

/** What was wanted, and what was said of it. */
export interface Wishes {
  /** Whether who started the export, or who cancelled it, asked to leave its jobs at Twilio. */
  keepsJobs: boolean;
  /** Jobs of which a result says `kept`: somebody counts on them. */
  keptJobs: ReadonlySet<string>;
  askedFor: AskedFor;
}

/**
 * Reads the runs of one export, given in the order in which they began. The `deleteJob` of a `cancel` overrides the
 * input's; of several, one that keeps the jobs wins.
 *
 * @returns null where a history is gone, or holds what can not be read: then nobody can tell.
 */
export async function readWishes(
  client: Client,
  workflowId: string,
  runIds: readonly string[],
): Promise<Wishes | null> {
  const story: Story = { input: undefined, cancels: [], keptJobs: new Set() };
  try {
    for (const runId of runIds) {
      const eventCount = await readRun(client, { workflowId, runId }, story);
      if (eventCount === 0) return null;
    }
  } catch (error) {
    if (error instanceof UnreadablePayload) return null;
    throw error;
  }
  const { input, cancels, keptJobs } = story;
  if (!isJsonObject(input)) return null;
  const keepsJobs = cancels.length > 0 ? cancels.includes(false) : input['deleteJob'] === false;
  return { keepsJobs, keptJobs, askedFor: input };
}

/** Collected from all runs. */
interface Story {
  /** Of the last run. */
  input: unknown;
  /** The `deleteJob` of each `cancel` that has one. */
  cancels: boolean[];
  keptJobs: Set<string>;
}

type Execution = { workflowId: string; runId: string };
type Page = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
type Event = NonNullable<NonNullable<Page['history']>['events']>[number];

/** A page is forgotten before the next is asked for: histories may have 50,000 events. */
async function readRun(client: Client, execution: Execution, story: Story): Promise<number> {
  let eventCount = 0;
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const page: Page | null = await orNull(
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution,
        ...(nextPageToken && { nextPageToken }),
      }),
    );
    if (page === null) return 0;
    for (const event of page.history?.events ?? [])
      await readEvent(client, execution.workflowId, event, story);
    eventCount += page.history?.events?.length ?? 0;
    ({ nextPageToken } = page);
  } while (nextPageToken && nextPageToken.length > 0);
  return eventCount;
}

async function readEvent(client: Client, workflowId: string, event: Event, story: Story): Promise<void> {
  const {
    workflowExecutionStartedEventAttributes: started,
    workflowExecutionSignaledEventAttributes: signaled,
  } = event;
  if (started) story.input = await decode(client, workflowId, started.input?.payloads?.[0]);
  if (signaled?.signalName === cancelSignal.name) {
    const wish = await decode(client, workflowId, signaled.input?.payloads?.[0]);
    if (isJsonObject(wish) && typeof wish['deleteJob'] === 'boolean') story.cancels.push(wish['deleteJob']);
  }
  const result = await decode(client, workflowId, resultPayload(event));
  for (const jobSid of keptJobsOf(result)) story.keptJobs.add(jobSid);
}

/** An export that ended without all its days has its result in the details of its failure. */
function resultPayload(event: Event): Payload | undefined {
  const failure = event.workflowExecutionFailedEventAttributes?.failure;
  return (
    event.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0] ??
    failure?.applicationFailureInfo?.details?.payloads?.[0]
  );
}

function keptJobsOf(result: unknown): string[] {
  const jobs: unknown = isJsonObject(result) ? result['jobs'] : undefined;
  return (Array.isArray(jobs) ? jobs : []).flatMap((job: unknown) =>
    isJsonObject(job) && job['fate'] === 'kept' && typeof job['jobSid'] === 'string' ? [job['jobSid']] : [],
  );
}
