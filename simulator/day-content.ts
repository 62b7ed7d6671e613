import { isFinal, planDayLife } from './day-life.ts';
import { dayRule, holdsNothing } from './day-rules.ts';
import type { DayOccasion } from './day-rules.ts';
import type { FileAmount } from './file-bytes.ts';
import { fractionOf } from './random.ts';
import type { World } from './world.ts';

/** What the file of a day is made of. */
export interface FileContent {
  amount: FileAmount;
  version: number;
}

/** The status with which a day ends, by the script. */
export function plannedStatus(world: World, occasion: DayOccasion): string {
  const { script, seed } = world;
  return planDayLife({ script, seed, occasion, index: 0, createdAtMs: 0 }).at(-1)?.status ?? 'Completed';
}

/** What the day's file will be made of, by the script; null where there will be none. */
export function plannedContent(world: World, occasion: DayOccasion): FileContent | null {
  return contentOf(world, occasion, plannedStatus(world, occasion));
}

/** Whether a day with this status has a file, or an empty day's stand-in for one. */
export function completes(status: string): boolean {
  return isFinal(status) && status.toLowerCase().startsWith('completed');
}

/** What the file of a day with this status is made of; null where it has none. */
export function contentOf(world: World, occasion: DayOccasion, status: string): FileContent | null {
  if (!completes(status)) {
    return null;
  }
  const rule = dayRule(world.script, occasion);
  const isEmpty = status.toLowerCase() === 'completedemptyrecords' || holdsNothing(rule);
  const version = rule.version ?? 1;
  switch (rule.file ?? (isEmpty ? 'emptyFile' : 'records')) {
    case 'records': {
      if (rule.sizeBytes !== undefined) {
        return { amount: { sizeBytes: rule.sizeBytes }, version };
      }
      const usual =
        40 + Math.floor(fractionOf(world.seed, 'records', occasion.resourceType, occasion.day) * 120);
      return { amount: { records: rule.records ?? usual }, version };
    }
    case 'emptyFile':
      return { amount: { records: 0 }, version };
    case 'zeroBytes':
      return { amount: 'zeroBytes', version };
    case 'missing':
      return null;
  }
}
