import { daysInclude } from './calendar.ts';
import { operationsOf } from './fault-kinds.ts';
import { addTo } from './ledger.ts';
import type { LedgerCounts } from './ledger.ts';
import { fractionOf } from './random.ts';
import type { FaultKind, FaultKindScript, FaultScript, Operation, ResourceType } from './script.ts';

/** A request as faults see it. */
export interface FaultOccasion {
  operation: Operation;
  resourceType?: ResourceType;
  day?: string;
}

/** A fault of one kind. */
export type FaultOf<K extends FaultKind> = Extract<FaultKindScript, { kind: K }>;

/** The faults that one request may meet. */
export interface MetFaults {
  /** Whether there is none, as for most requests. */
  isNone: boolean;
  /**
   * The fault of this kind, where the request meets one and it can have an effect. It counts as played by this, and
   * uses up the rule's `times`: ask at the moment at which it takes effect, and once.
   */
  play: <K extends FaultKind>(kind: K, hasEffect?: (fault: FaultOf<K>) => boolean) => FaultOf<K> | undefined;
}

/** The faults that are being played. */
export interface Faults {
  /** Adds a rule while the simulator runs; the function that comes back takes it out again. */
  add: (rule: FaultScript) => () => void;
  /** Takes out all rules. */
  clear: () => void;
  /** Takes out all rules and puts in these. */
  replace: (rules: readonly FaultScript[]) => void;
  /** Decides what this request may meet. Asked once a request that has been let in. */
  meet: (occasion: FaultOccasion) => MetFaults;
}

/** Makes an empty set. What a rule with a rate meets follows from the seed and the rule's place. */
export function createFaults(seed: string, counts: LedgerCounts): Faults {
  let active: ActiveRule[] = [];
  let added = 0;
  const add = (rule: FaultScript): (() => void) => {
    const one: ActiveRule = { rule, number: added, matches: {}, played: 0 };
    added += 1;
    active.push(one);
    return () => {
      active = active.filter((other) => other !== one);
    };
  };
  const clear = (): void => {
    active = [];
    added = 0;
  };
  return {
    add,
    clear,
    replace: (rules) => {
      clear();
      rules.forEach(add);
    },
    meet: (occasion) => {
      const met = active.filter((one) => isMet(one, occasion, seed));
      if (met.length === 0) {
        return NO_FAULTS;
      }
      return {
        isNone: false,
        play: (kind, hasEffect = () => true) => {
          const one = met.find(
            ({ rule, played }) => rule.kind === kind && played < (rule.times ?? Number.POSITIVE_INFINITY),
          );
          const fault = one?.rule as FaultOf<typeof kind> | undefined;
          if (one === undefined || fault === undefined || !hasEffect(fault)) {
            return undefined;
          }
          one.played += 1;
          addTo(counts.faults, kind);
          return fault;
        },
      };
    },
  };
}

const NO_FAULTS: MetFaults = { isNone: true, play: () => undefined };

interface ActiveRule {
  rule: FaultScript;
  number: number;
  /** Requests that matched so far, by operation, type and day. */
  matches: Record<string, number>;
  played: number;
}

function isMet(one: ActiveRule, occasion: FaultOccasion, seed: string): boolean {
  const { rule } = one;
  const isAbout =
    operationsOf(rule).includes(occasion.operation) &&
    (rule.resourceType === undefined || rule.resourceType === occasion.resourceType) &&
    (rule.days === undefined || (occasion.day !== undefined && daysInclude(rule.days, occasion.day)));
  if (!isAbout) {
    return false;
  }
  // By subject, so that requests side by side do not change what each of them meets.
  const subject = [occasion.operation, occasion.resourceType ?? '', occasion.day ?? ''].join(' ');
  addTo(one.matches, subject);
  const count = one.matches[subject] ?? 1;
  return (
    (rule.nth === undefined || [rule.nth].flat().includes(count)) &&
    (rule.rate === undefined || fractionOf(seed, 'fault', one.number, subject, count) < rule.rate)
  );
}
