import { OPERATIONS } from './script.ts';
import type { FaultKind, FaultScript, Operation } from './script.ts';

const API_OPERATIONS = OPERATIONS.filter((operation) => operation !== 'getFile');

/** Which operations each fault can meet. */
export const OPERATIONS_BY_FAULT: Readonly<Record<FaultKind, readonly Operation[]>> = {
  status401: API_OPERATIONS,
  status429: API_OPERATIONS,
  status500: OPERATIONS,
  status503: OPERATIONS,
  resetBefore: OPERATIONS,
  resetAfter: OPERATIONS,
  carriedOutLate: API_OPERATIONS,
  slow: OPERATIONS,
  truncated: ['getFile'],
  corrupt: ['getFile'],
  wrongLength: ['getFile'],
  stall: ['getFile'],
  resetMidBody: ['getFile'],
  expiredLink: ['fetchDay'],
  usedLink: ['fetchDay'],
  foreignLink: ['fetchDay'],
  changedFile: ['fetchDay'],
};

/** The operations that are about one day. */
export const OPERATIONS_OF_A_DAY: readonly Operation[] = ['fetchDay', 'getFile'];

/** The operations that a rule is about. */
export function operationsOf(rule: FaultScript): readonly Operation[] {
  return rule.operation === undefined ? OPERATIONS_BY_FAULT[rule.kind] : [rule.operation].flat();
}
