import { hashExportId } from '../marker.ts';
import { newAttemptId } from './own-half-file.ts';

/** A file that lives for the moment in which it is written: to see whether that works, or on its way to its name. */
export type MomentKind = 'check' | 'draft';

/** A name of one attempt alone, by which the export's own clean-up finds it should a worker be killed over it. */
export function momentName(kind: MomentKind, exportId: string): string {
  return `${momentPrefix(kind, exportId)}${newAttemptId()}`;
}

/** What such names begin with, of one export or of all. */
export function momentPrefix(kind: MomentKind, exportId?: string): string {
  return exportId === undefined ? `_${kind}-` : `_${kind}-${hashExportId(exportId)}-`;
}

/** Whether a name is one of this kind, of any export. */
export function isMomentName(kind: MomentKind, name: string): boolean {
  return (
    name.startsWith(momentPrefix(kind)) && /^[0-9a-f]{12}-[0-9a-f]{8}$/.test(name.slice(`_${kind}-`.length))
  );
}
