import type { Account } from './accounts.ts';
import { notFound } from './answer.ts';
import type { Answer } from './answer.ts';
import { dayAt } from './calendar.ts';
import { changeFile, currentFile, listedFiles } from './day-files.ts';
import type { DayFile } from './day-files.ts';
import type { MetFaults } from './faults.ts';
import { withNulls } from './null-fields.ts';
import { issueLink } from './links.ts';
import { answerPage } from './paging.ts';
import type { ResourceType } from './script.ts';
import type { World } from './world.ts';

/** The largest page of days. A document says 1,000; the service gives 400. */
const LARGEST_DAYS_PAGE = 400;

/** GET …/Days: the files that are there, in the order of their generation, with their sizes. */
export function answerListDays(
  world: World,
  account: Account,
  resourceType: ResourceType,
  query: URLSearchParams,
): Answer {
  return answerPage({
    listUrl: `${world.urls.api}/v1/Exports/${resourceType}/Days`,
    query,
    key: 'days',
    largestPage: LARGEST_DAYS_PAGE,
    items: listedFiles(world, account, resourceType),
    order: 'rising',
    show: (file) =>
      withNulls(world, {
        day: file.day,
        size: file.bytes.sizeBytes,
        create_date: dayAt(file.generatedAtMs),
        friendly_name: file.friendlyName,
        resource_type: file.resourceType,
      }),
  });
}

/** GET …/Days/{day}: a redirect to a new link, in a header and in the body. */
export function answerFetchDay(
  world: World,
  account: Account,
  of: { resourceType: ResourceType; day: string },
  faults: MetFaults,
): Answer {
  const file = currentFile(world, account, of);
  if (file === undefined) {
    return notFound(`/v1/Exports/${of.resourceType}/Days/${of.day}`);
  }
  // A file without records has no other bytes to have.
  if (faults.play('changedFile', () => file.bytes.records > 0) !== undefined) {
    changeFile(world, account, file);
  }
  const link = linkTo(world, account, file, faults);
  return { status: 307, body: withNulls(world, { redirect_to: link }), headers: { Location: link } };
}

function linkTo(world: World, { accountSid }: Account, file: DayFile, faults: MetFaults): string {
  const foreign = faults.play('foreignLink');
  if (foreign !== undefined) {
    return new URL(foreign.url).href;
  }
  const { resourceType, day } = file;
  const isUsed = faults.play('usedLink') !== undefined;
  const isExpired = !isUsed && faults.play('expiredLink') !== undefined;
  const state = isUsed ? 'used' : isExpired ? 'expired' : 'good';
  return issueLink(world, { accountSid, resourceType, day, state });
}
