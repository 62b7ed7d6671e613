import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence, LedgerEvidence, Violation, WorkflowEvidence } from './check/evidence.ts';
import { readWorkflow } from './check/read-workflow.ts';
import { askedOf } from './plan.ts';
import type { Stage } from './stage.ts';

/** Asks everybody what there is: the engine, Twilio's side over HTTP. The disk is read by the check. */
export async function gather(
  { client, planned, last, simulator, bystander, sightings, evidence }: Stage,
  seen: Pick<Evidence, 'resets' | 'openAtLimit' | 'reaping' | 'leftBeforeLast' | 'leftOnTheWay'>,
): Promise<Evidence> {
  const all = [...planned, last];
  const workflows = new Map<string, WorkflowEvidence>();
  for (const { workflowId } of all) workflows.set(workflowId, await readWorkflow(client, workflowId));
  return {
    ...evidence,
    ...seen,
    asked: all.map(askedOf),
    workflows,
    sightings,
    ledger: await readLedger(simulator.apiUrl),
    authorizationElsewhere: bystander.authorizationSeen(),
  };
}

/** What Twilio's side tells over HTTP. */
export async function readLedger(apiUrl: string): Promise<LedgerEvidence> {
  const response = await fetch(`${apiUrl}/_simulator/ledger`);
  return (await response.json()) as LedgerEvidence;
}

/** Writes it all down for a person to look at. */
export async function keepEvidence(
  folder: string,
  evidence: Evidence,
  violations: Violation[],
): Promise<void> {
  const { workflows, ledger, asked } = evidence;
  const write = (name: string, value: unknown) =>
    writeFile(
      join(folder, name),
      JSON.stringify(
        value,
        (_, each: unknown) => (each instanceof Uint8Array ? Buffer.from(each).toString() : each),
        1,
      ),
    );
  await write('violations.json', violations);
  await write('asked.json', asked);
  await write('ledger.json', ledger);
  await write('workflows.json', Object.fromEntries(workflows));
}
