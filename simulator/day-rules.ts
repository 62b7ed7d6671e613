import { daysInclude } from './calendar.ts';
import type { DayScript, ResourceType, SimulatorScript } from './script.ts';

/** One day of one submission. */
export interface DayOccasion {
  resourceType: ResourceType;
  day: string;
  /** The n-th job, from 1, that covers the day. */
  submission: number;
}

/** What rules say of the days that they are for. */
export type DayRule = Omit<DayScript, 'days' | 'submissions' | 'resourceType'>;

/** Whether the rule asks for a day without records: a size wins over their number. */
export function holdsNothing({ records, sizeBytes }: DayRule): boolean {
  return records === 0 && sizeBytes === undefined;
}

/** What the script says of one day in one submission: each field from the last rule that sets it. */
export function dayRule(script: SimulatorScript, occasion: DayOccasion): DayRule {
  const matching = (script.days ?? []).filter(
    (rule) =>
      (rule.resourceType ?? occasion.resourceType) === occasion.resourceType &&
      (rule.submissions?.includes(occasion.submission) ?? true) &&
      daysInclude(rule.days, occasion.day),
  );
  const {
    days: _days,
    submissions: _submissions,
    resourceType: _resourceType,
    ...rule
  } = Object.assign({}, ...matching) as DayScript;
  return rule;
}
