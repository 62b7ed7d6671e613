import { contentOf } from '../../simulator/day-content.ts';
import { makeFileBytes, sha256Of } from '../../simulator/file-bytes.ts';
import type { ResourceType, SimulatorScript } from '../../simulator/index.ts';
import type { World } from '../../simulator/world.ts';
import type { DayTruth, Evidence, FileVersion } from './check/evidence.ts';

/** How often the fault `changedFile` changes one file at most; each change adds so much to its version. */
const MOST_CHANGES = 20;
const CHANGED_VERSIONS = 1_000_000;

/**
 * What Twilio's side has for a day: any of its versions may be at home, since a file may change between its download
 * and the end of the run. Handed to the check as given.
 */
export function createTruth(input: {
  seed: string;
  script: SimulatorScript;
  emptyDays: ReadonlySet<string>;
}): Evidence['truthOf'] {
  const { seed, script, emptyDays } = input;
  return ({ accountSid, resourceType, day }): DayTruth => {
    if (emptyDays.has(`${resourceType} ${day}`)) return 'empty';
    const of = { seed, accountSid, resourceType: resourceType as ResourceType, day };
    // The content follows from the script and the seed alone.
    const content = contentOf({ seed, script } as World, { ...of, submission: 1 }, 'Completed');
    return content === null ? 'empty' : versionsOf(of, content);
  };
}

function* versionsOf(
  of: Omit<Parameters<typeof makeFileBytes>[0], 'version'>,
  { amount, version }: NonNullable<ReturnType<typeof contentOf>>,
): Iterable<FileVersion> {
  for (let changes = 0; changes <= MOST_CHANGES; changes += 1) {
    const file = makeFileBytes({ ...of, version: version + changes * CHANGED_VERSIONS }, amount);
    yield { sha256: sha256Of(file), sizeBytes: file.sizeBytes, records: file.records };
  }
}
