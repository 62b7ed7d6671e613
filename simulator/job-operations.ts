import type { Account } from './accounts.ts';
import { notFound, refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import { addDays, countDays, dayAt, isDay } from './calendar.ts';
import { createJob, deleteJob, findJob, isListed, isOver } from './export-job.ts';
import { showJob } from './job-answers.ts';
import { answerPage } from './paging.ts';
import type { ResourceType } from './script.ts';
import { isWebUrl } from './web-url.ts';
import type { World } from './world.ts';

/** The largest page of jobs. */
const LARGEST_JOBS_PAGE = 1000;

/** POST …/Jobs: makes a job, every time it is asked. Nothing tells a repeated request from a new one. */
export function answerCreateJob(
  world: World,
  account: Account,
  resourceType: ResourceType,
  form: URLSearchParams,
): Answer {
  const fault = formFault(world, form);
  if (fault !== null) {
    return refusal(400, fault);
  }
  const [startDay, endDay] = [given(form, 'StartDay') ?? '', given(form, 'EndDay') ?? ''];
  const today = dayAt(world.clock.now());
  const usedByDay = (world.quotaUsed[account.quotaOwner] ??= {});
  const used = usedByDay[today] ?? 0;
  const asked = countDays(startDay, endDay);
  if (used + asked > world.limits.quotaDays) {
    const { status, code } = world.limits.quotaRejection;
    const left = world.limits.quotaDays - used;
    const message = `Only ${world.limits.quotaDays} days may be requested per day: ${left} are left until the next UTC day, ${asked} were asked for`;
    return refusal(status, message, { code });
  }
  usedByDay[today] = used + asked;
  const job = createJob(world, account, {
    resourceType,
    friendlyName: given(form, 'FriendlyName') ?? '',
    startDay,
    endDay,
    webhookUrl: given(form, 'WebhookUrl'),
    webhookMethod: given(form, 'WebhookMethod'),
    email: given(form, 'Email'),
  });
  return { status: 201, body: showJob(world, account, job, 'created') };
}

/** GET …/Jobs: the jobs of a type, the latest first. */
export function answerListJobs(
  world: World,
  account: Account,
  resourceType: ResourceType,
  query: URLSearchParams,
): Answer {
  const jobs = account.jobs.filter((job) => job.resourceType === resourceType && isListed(world, job));
  return answerPage({
    listUrl: `${world.urls.api}/v1/Exports/${resourceType}/Jobs`,
    query,
    key: 'jobs',
    largestPage: LARGEST_JOBS_PAGE,
    items: jobs.toReversed(),
    order: 'falling',
    show: (job) => showJob(world, account, job, 'listed'),
  });
}

/** GET /Jobs/{sid}. */
export function answerFetchJob(world: World, account: Account, jobSid: string): Answer {
  const job = findJob(world, account, jobSid);
  return job === undefined
    ? jobNotFound(jobSid)
    : { status: 200, body: showJob(world, account, job, 'fetched') };
}

/** DELETE /Jobs/{sid}. Never removes a file. */
export function answerDeleteJob(world: World, account: Account, jobSid: string): Answer {
  const job = findJob(world, account, jobSid);
  if (job === undefined) {
    return jobNotFound(jobSid);
  }
  if (!isOver(world, job)) {
    deleteJob(world, job);
    return { status: 204 };
  }
  switch (world.script.deleteCompleteAnswers ?? 204) {
    case 204:
      job.deletedAtMs ??= world.clock.now();
      job.isRemoved = true;
      return { status: 204 };
    case 404:
      return jobNotFound(jobSid);
    case 405:
      return refusal(405, `Job ${jobSid} is complete and can not be deleted`, { headers: { Allow: 'GET' } });
  }
}

/** What is wrong with the form of a create; null where nothing is. */
function formFault(world: World, form: URLSearchParams): string | null {
  const [startDay, endDay] = [given(form, 'StartDay'), given(form, 'EndDay')];
  if (startDay === null || endDay === null || given(form, 'FriendlyName') === null) {
    return 'StartDay, EndDay and FriendlyName are required';
  }
  if (!isDay(startDay) || !isDay(endDay)) {
    return 'StartDay and EndDay must be days in the format yyyy-mm-dd';
  }
  if (endDay < startDay) {
    return 'EndDay must not be before StartDay';
  }
  if (endDay > addDays(dayAt(world.clock.now()), -2)) {
    return 'EndDay must be at least 2 days earlier than the current UTC day';
  }
  return webhookFault(given(form, 'WebhookUrl'), given(form, 'WebhookMethod'));
}

function webhookFault(url: string | null, method: string | null): string | null {
  if ((url === null) !== (method === null)) {
    return 'WebhookUrl and WebhookMethod must be supplied together';
  }
  if (url === null || method === null) {
    return null;
  }
  if (!isWebUrl(url)) {
    return 'WebhookUrl must be an absolute http or https URL';
  }
  return method === 'GET' || method === 'POST' ? null : 'WebhookMethod must be GET or POST';
}

function jobNotFound(jobSid: string): Answer {
  return notFound(`/v1/Exports/Jobs/${jobSid}`);
}

/** An empty parameter counts as none. */
function given(form: URLSearchParams, name: string): string | null {
  const value = form.get(name);
  return value === '' ? null : value;
}
