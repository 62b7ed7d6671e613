import type { Account } from './accounts.ts';
import { notFound } from './answer.ts';
import type { Answer } from './answer.ts';
import { dayAt } from './calendar.ts';
import { currentFile, fileBytes, listedFiles } from './day-files.ts';
import type { MetFaults } from './faults.ts';
import { withNulls } from './null-fields.ts';
import { issueLink } from './links.ts';
import { answerPage } from './paging.ts';
import type { ResourceType } from './script.ts';
import type { World } from './world.ts';

/** The largest page of days. A document says 1,000; the service gives 400. */
const LARGEST_DAYS_PAGE = 400;

/** What a changed file adds to its version: no script reaches so far. */
const CHANGED_VERSIONS = 1_000_000;

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
        size: fileBytes({ world, account, file }).sizeBytes,
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
  if (faults.changedFile !== undefined) {
    const { amount, version } = file.content;
    file.content = { amount, version: version + CHANGED_VERSIONS };
  }
  const { accountSid } = account;
  const { resourceType, day } = file;
  const isExpired = faults.expiredLink !== undefined;
  const link =
    (faults.foreignLink && new URL(faults.foreignLink.url).href) ??
    issueLink(world, { accountSid, resourceType, day, isExpired });
  return { status: 307, body: withNulls(world, { redirect_to: link }), headers: { Location: link } };
}
