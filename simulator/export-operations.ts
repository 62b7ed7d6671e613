import type { Account, Configuration } from './accounts.ts';
import { refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import { addDays, dayAt } from './calendar.ts';
import { plannedStatus } from './day-content.ts';
import { scheduleDayFile } from './day-files.ts';
import { DAY_MS } from './duration.ts';
import { withNulls } from './null-fields.ts';
import type { ResourceType } from './script.ts';
import { sendWebhook } from './webhooks.ts';
import { isWebUrl } from './web-url.ts';
import type { World } from './world.ts';

/** GET …/{ResourceType}. */
export function answerFetchExport(world: World, resourceType: ResourceType): Answer {
  const url = `${world.urls.api}/v1/Exports/${resourceType}`;
  const shown = { resource_type: resourceType, url, links: { days: `${url}/Days` } };
  return { status: 200, body: withNulls(world, shown) };
}

/** GET …/Configuration. */
export function answerFetchConfiguration(world: World, account: Account, resourceType: ResourceType): Answer {
  return { status: 200, body: showConfiguration(world, account.configurations[resourceType], resourceType) };
}

/** POST …/Configuration: what is not given stays. */
export function answerUpdateConfiguration(
  world: World,
  account: Account,
  resourceType: ResourceType,
  form: URLSearchParams,
): Answer {
  const configuration = account.configurations[resourceType];
  const enabled = form.get('Enabled')?.toLowerCase() ?? String(configuration.enabled);
  const webhookUrl = form.get('WebhookUrl') ?? configuration.webhookUrl;
  const webhookMethod = form.get('WebhookMethod') ?? configuration.webhookMethod;
  if (enabled !== 'true' && enabled !== 'false') {
    return refusal(400, 'Enabled must be true or false');
  }
  if (webhookUrl !== '' && !isWebUrl(webhookUrl)) {
    return refusal(400, 'WebhookUrl must be an absolute http or https URL');
  }
  if (!['', 'GET', 'POST'].includes(webhookMethod)) {
    return refusal(400, 'WebhookMethod must be GET or POST');
  }
  Object.assign(configuration, { enabled: enabled === 'true', webhookUrl, webhookMethod });
  if (configuration.enabled && !configuration.isScheduled) {
    scheduleYesterday(world, account, resourceType);
  }
  return { status: 200, body: showConfiguration(world, configuration, resourceType) };
}

/** So long after midnight (UTC) yesterday's file is there. */
const AFTER_MIDNIGHT_MS = 2 * 3_600_000;

/** While `enabled`, the file of each day appears by itself when the day is over. */
function scheduleYesterday(world: World, account: Account, resourceType: ResourceType): void {
  const configuration = account.configurations[resourceType];
  configuration.isScheduled = true;
  const midnightMs = Math.ceil((world.clock.now() + 1) / DAY_MS) * DAY_MS;
  world.clock.schedule(midnightMs + AFTER_MIDNIGHT_MS, () => {
    configuration.isScheduled = false;
    if (!configuration.enabled) {
      return;
    }
    generateByItself(world, account, resourceType);
    scheduleYesterday(world, account, resourceType);
  });
}

/** Makes yesterday's file, where the script lets the day have one, and calls the configuration's webhook then. */
function generateByItself(world: World, account: Account, resourceType: ResourceType): void {
  const completedAtMs = world.clock.now();
  const day = addDays(dayAt(completedAtMs), -1);
  const occasion = { resourceType, day, submission: 1 };
  const status = plannedStatus(world, occasion);
  const generated = (): void => {
    const { enabled, webhookUrl: url, webhookMethod: method } = account.configurations[resourceType];
    if (enabled && url !== '' && method !== '') {
      const fields = { status: 'completed', resource_type: resourceType, day };
      sendWebhook({ world, account, jobSid: null, url, method, fields });
    }
  };
  scheduleDayFile(
    world,
    account,
    { occasion, status, completedAtMs, friendlyName: null },
    { isStillTrue: () => true, generated },
  );
}

function showConfiguration(
  world: World,
  configuration: Configuration,
  resourceType: ResourceType,
): Record<string, unknown> {
  return withNulls(world, {
    enabled: configuration.enabled,
    webhook_url: configuration.webhookUrl,
    webhook_method: configuration.webhookMethod,
    resource_type: resourceType,
    url: `${world.urls.api}/v1/Exports/${resourceType}/Configuration`,
  });
}
