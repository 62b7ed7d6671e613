import type { Violation } from './evidence.ts';
import { hasNotCleanedUp, type Rule } from './judged-export.ts';
import { isTrue } from './days.ts';
import { daysBetween, manifestPath } from './receipt.ts';

/** Half files and proofs go with their export, and nothing lies in the destination that nobody asked for. */
export const nothingHalfIsLeft: Rule = ({ exports, disk }) => {
  const uncleaned = exports.filter(hasNotCleanedUp).map(({ asked }) => `account=${asked.accountSid}/`);
  const manifests = new Set(exports.map(({ asked, workflow }) => manifestPath(asked, workflow)));
  return [...disk.keys()].flatMap((path): Violation[] => {
    const name = path.split('/').at(-1) ?? '';
    const isLeft = /^_(half|verdict)-/.test(name);
    if (isLeft && uncleaned.some((folder) => path.startsWith(folder))) return [];
    if (manifests.has(path) || name === 'part-0.json.gz' || isDraft(path)) return [];
    return [
      {
        rule: 'nothing half is left',
        where: path,
        what: isLeft ? 'its export is closed' : 'nobody knows what it is',
      },
    ];
  });
};

/**
 * What a worker that was killed in the middle of a moment's writing leaves: it has no final name, and the next one to
 * come by removes it once it is an hour old.
 */
export function isDraft(path: string): boolean {
  return /^_check-[0-9a-f]+$/.test(path) || /^_manifests\/[^/]+\/_draft-[^/]+$/.test(path);
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
