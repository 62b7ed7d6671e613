import type { Violation } from './evidence.ts';
import { hasNotCleanedUp, type Rule } from './judged-export.ts';
import { isTrue } from './days.ts';
import { daysBetween, hashOf, manifestPath } from './receipt.ts';

/** Nothing lies in the destination in the end but whole days and manifests, whatever became of the exports. */
export const nothingHalfIsLeft: Rule = ({ evidence, exports, disk }) => {
  const manifests = new Set(exports.map(({ asked, workflow }) => manifestPath(asked, workflow)));
  const onTheWay = evidence.leftOnTheWay.map((where): Violation => ({
    rule: 'nothing half is left',
    where,
    what: 'it never came to the destination',
  }));
  const inPlace = [...disk.keys()].flatMap((path): Violation[] => {
    if (manifests.has(path) || nameOf(path) === 'part-0.json.gz') return [];
    return [{ rule: 'nothing half is left', where: path, what: 'it is neither a day nor a manifest' }];
  });
  return [...onTheWay, ...inPlace];
};

/** An export that came to its clean-up has left nothing for the next one to remove. */
export const everybodyCleansUp: Rule = ({ evidence, exports }) => {
  const cleaned = exports.filter((judged) => !hasNotCleanedUp(judged) && judged.jobs.length > 0);
  const hashes = new Set(cleaned.map(({ workflow }) => hashOf(workflow.firstRunId)));
  return evidence.leftBeforeLast.flatMap((path): Violation[] => {
    const hash = /^_(?:half|verdict|check|draft)-([0-9a-f]{12})[-.]/.exec(nameOf(path))?.[1];
    if (hash === undefined || !hashes.has(hash)) return [];
    return [{ rule: 'everybody cleans up', where: path, what: 'its export had cleaned up' }];
  });
};

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

/** Whatever bears the name of a finished day is one, whole, of an account and a day that were asked for. */
export const everyFinalNameIsWhole: Rule = ({ evidence, exports, disk }) => {
  const askedBy = new Map(
    exports.flatMap(({ asked }) =>
      daysBetween(asked.startDay, asked.endDay).map((day) => [
        `account=${asked.accountSid}/type=${asked.resourceType}/day=${day}/part-0.json.gz`,
        { ...asked, day },
      ]),
    ),
  );
  return [...disk].flatMap(([path, { sha256, sizeBytes, records }]): Violation[] => {
    if (!path.endsWith('part-0.json.gz')) return [];
    const day = askedBy.get(path);
    if (day === undefined)
      return [{ rule: 'every final name is whole', where: path, what: 'nobody asked for this day' }];
    return records !== null && isTrue(evidence.truthOf(day), { sha256, sizeBytes, records })
      ? []
      : [{ rule: 'every final name is whole', where: path, what: 'Twilio never had a file of these bytes' }];
  });
};
