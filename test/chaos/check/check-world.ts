/**
 * The judge of a chaos run. It imports no code of the product: what it knows of Twilio, of the layout on the disk and
 * of how an export ends is written down here a second time.
 */
import { everyDayIsAtHome, everyDayStandsOnce, everyOutcomeHasItsReason } from './days.ts';
import { everyWorkflowIsClosedAsItShould } from './endings.ts';
import type { Evidence, Violation } from './evidence.ts';
import { everybodyCleansUp, everyFinalNameIsWhole, nothingHalfIsLeft } from './files.ts';
import {
  everyJobIsAccountedFor,
  noDayIsAskedForTwiceAtOnce,
  noJobLivesOn,
  noSubmissionHasTwoJobs,
} from './jobs.ts';
import { judgedWorld, type Rule } from './judged-export.ts';
import { nothingLeaked } from './leaks.ts';
import { readDisk } from './read-disk.ts';
import { nobodyTouchesOthers, reapingShowsFirst } from './reaping.ts';

const RULES: readonly Rule[] = [
  everyWorkflowIsClosedAsItShould,
  everyDayStandsOnce,
  everyDayIsAtHome,
  everyOutcomeHasItsReason,
  noJobLivesOn,
  noSubmissionHasTwoJobs,
  noDayIsAskedForTwiceAtOnce,
  everyJobIsAccountedFor,
  reapingShowsFirst,
  nobodyTouchesOthers,
  everybodyCleansUp,
  nothingHalfIsLeft,
  everyFinalNameIsWhole,
];

/** Everything that is not as it has to be; nothing where all is well. */
export async function checkWorld(evidence: Evidence): Promise<Violation[]> {
  const world = judgedWorld(evidence, await readDisk(evidence.destination));
  const logs = await readDisk(evidence.logs);
  return [...RULES.flatMap((rule) => rule(world)), ...nothingLeaked(world, logs)];
}
