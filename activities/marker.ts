import { createHash } from 'node:crypto';

/** Whose job it is: what the end of its friendly name says. */
export interface JobMarker {
  /** Of the namespace, 8 hex digits. */
  namespaceHash: string;
  /** Of the first run id, 12 hex digits. */
  exportHash: string;
  /** The number of the submission within the export, from 1. */
  submission: number;
}

/** What a marker is made of. */
export interface MarkFriendlyNameInput {
  friendlyName: string;
  /** Two namespaces may share an account, and their run ids are no secret to each other. */
  namespace: string;
  /** The first run id. */
  exportId: string;
  submission: number;
}

/** The name at Twilio by which a job is found again: there is no other key that a create could carry. */
export function markFriendlyName({
  friendlyName,
  namespace,
  exportId,
  submission,
}: MarkFriendlyNameInput): string {
  return `${friendlyName} [${hashNamespace(namespace)}-${hashExportId(exportId)}-${submission}]`;
}

/** The marker at the end of a name; null for a job that is none of ours. */
export function parseMarker(friendlyName: string): JobMarker | null {
  const match = /\[([0-9a-f]{8})-([0-9a-f]{12})-([1-9]\d{0,8})\]\s*$/.exec(friendlyName);
  if (match === null) {
    return null;
  }
  const [, namespaceHash = '', exportHash = '', submission = ''] = match;
  return { namespaceHash, exportHash, submission: Number(submission) };
}

/** Eight hex digits. */
export function hashNamespace(namespace: string): string {
  return hashText(namespace).slice(0, 8);
}

/** Twelve hex digits: they name an export in markers and in the names of its half files. */
export function hashExportId(exportId: string): string {
  return hashText(exportId).slice(0, 12);
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
