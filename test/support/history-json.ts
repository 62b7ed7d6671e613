/**
 * Histories as the JSON that Temporal's tools write and read.
 *
 * The SDK's own `historyToJSON` and `historyFromJSON` fail with "type must be a Type" where npm gave its packages
 * several copies of protobufjs, as here: one copy refuses the types of another. So this takes the copy that made
 * the types.
 */
import { createRequire } from 'node:module';
import type { WorkflowHandle } from '@temporalio/client';

/** As `WorkflowHandle.fetchHistory` gives it. */
export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** An event in proto JSON. */
export type JsonEvent = Record<string, unknown>;

/** The events of a history in proto JSON. */
export function eventsOf(history: History): JsonEvent[] {
  return protojson.toJson(historyType, history).events;
}

/** The history of these events. */
export function historyOf(events: JsonEvent[]): History {
  return protojson.fromJson(historyType, { events });
}

const requireHere = createRequire(import.meta.url);
const requireOfCommon = createRequire(requireHere.resolve('@temporalio/common'));
const requireOfProto = createRequire(requireOfCommon.resolve('@temporalio/proto'));

const protojson = requireOfProto('protobufjs/ext/protojson') as {
  toJson: (type: unknown, message: History) => { events: JsonEvent[] };
  fromJson: (type: unknown, json: { events: JsonEvent[] }) => History;
};
const { patchProtobufRoot } = requireOfProto('@temporalio/proto/lib/patch-protobuf-root') as {
  patchProtobufRoot: (root: unknown) => { lookupType: (name: string) => unknown };
};
const historyType = patchProtobufRoot(requireOfCommon('@temporalio/proto')).lookupType(
  'temporal.api.history.v1.History',
);
