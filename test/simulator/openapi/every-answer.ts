import type { ResourceType, SimulatorScript } from '../../../simulator/index.ts';
import { startTwilio } from '../caller.ts';
import type { Exchange } from './judge-exchange.ts';
import { walkRefusals } from './walk-refusals.ts';
import { BARE_FORM, FULL_FORM } from './walk.ts';
import type { Walk } from './walk.ts';

/** Every answer of every operation for one resource type, in every state that a script can play. */
export function askForEveryAnswer(resourceType: ResourceType): Promise<Exchange[]> {
  return askAll(resourceType, [walkLife, walkConfiguration, walkDetails, walkRefusals]);
}

/** The answers about a resource type through the life of its jobs. */
export function askThroughLife(resourceType: ResourceType): Promise<Exchange[]> {
  return askAll(resourceType, [walkLife]);
}

async function askAll(
  resourceType: ResourceType,
  walks: readonly ((walk: Walk) => Promise<void>)[],
): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const walk of walks) {
    await using twilio = await startTwilio();
    const ask: Walk['ask'] = async (path, call = {}) => {
      const reply = await twilio.api(path, call);
      const method = call.method ?? (call.form ? 'POST' : 'GET');
      exchanges.push({ method, path: new URL(path, `${PREFIX}/`).pathname, reply });
      return reply.json;
    };
    await walk({ twilio, ask, type: resourceType });
  }
  return exchanges;
}

const PREFIX = 'http://simulator.invalid/v1/Exports';

/** A script by which one job has days in every status, once it was deleted too. */
const EVERY_STATUS: SimulatorScript = {
  days: [
    { days: '2026-10-01', statuses: [{ status: 'Completed' }] },
    { days: '2026-10-02', statuses: [{ status: 'Submitted', for: '2 days' }, { status: 'Completed' }] },
    { days: '2026-10-03', statuses: [{ status: 'Running', for: '2 days' }, { status: 'Completed' }] },
    { days: '2026-10-04', statuses: [{ status: 'ErrorDuringRun', for: '2 days' }, { status: 'Completed' }] },
    { days: '2026-10-05', statuses: [{ status: 'Failed' }] },
    { days: '2026-10-06', statuses: [{ status: 'CompletedEmptyRecords' }] },
  ],
};

/** Jobs that are new, wait, run, are mixed, over, being deleted, deleted and gone; their days; pages of both. */
async function walkLife({ twilio, ask, type }: Walk): Promise<void> {
  const show = async (sid: string): Promise<void> => {
    await ask(`Jobs/${sid}`);
    await ask(`${type}/Jobs`);
    await ask(`${type}/Days`);
  };
  await ask(type);
  await show(`JS${'0'.repeat(32)}`);
  const plain = await ask(`${type}/Jobs`, { form: BARE_FORM });
  await show(plain.job_sid);
  twilio.minutes(11);
  await show(plain.job_sid);
  twilio.minutes(60);
  await show(plain.job_sid);
  twilio.simulator.setScript(EVERY_STATUS);
  const mixed = await ask(`${type}/Jobs`, { form: FULL_FORM });
  const other = await ask(`${type}/Jobs`, { form: { ...FULL_FORM, WebhookMethod: 'GET' } });
  await show(mixed.job_sid);
  await show(other.job_sid);
  await ask(`Jobs/${mixed.job_sid}`, { method: 'DELETE' });
  await show(mixed.job_sid);
  twilio.minutes(2);
  await show(mixed.job_sid);
  for (const deleteCompleteAnswers of [404, 405, 204] as const) {
    twilio.simulator.setScript({ ...EVERY_STATUS, deleteCompleteAnswers });
    await ask(`Jobs/${mixed.job_sid}`, { method: 'DELETE' });
    await show(mixed.job_sid);
  }
  twilio.simulator.setScript({ days: [{ statuses: [{ status: 'Failed' }] }] });
  const over = await ask(`${type}/Jobs`, { form: BARE_FORM });
  await show(over.job_sid);
  for (const list of ['Jobs', 'Days']) {
    const first = await ask(`${type}/${list}?PageSize=1`);
    const second = await ask(first.meta.next_page_url ?? '');
    await ask(second.meta.previous_page_url ?? '');
    await ask(`${type}/${list}?PageSize=1000000&Page=3&PageToken=PB0`);
  }
  await ask(`${type}/Days/2026-10-01`);
  await ask(`${type}/Days/2026-10-06`);
  twilio.minutes(9 * 24 * 60);
  await show(over.job_sid);
  await ask(`${type}/Days/2026-10-01`);
}

/** The configuration unset, set and unset again, and a day that it made by itself. */
async function walkConfiguration({ twilio, ask, type }: Walk): Promise<void> {
  await ask(`${type}/Configuration`);
  for (const WebhookMethod of ['GET', 'POST', '']) {
    const WebhookUrl = WebhookMethod && FULL_FORM.WebhookUrl;
    const form = { Enabled: 'true', WebhookUrl, WebhookMethod };
    await ask(`${type}/Configuration`, { form });
    await ask(`${type}/Configuration`);
  }
  twilio.simulator.setScript({ days: [{ file: 'zeroBytes' }] });
  twilio.minutes(2 * 24 * 60);
  await ask(`${type}/Days`);
  await ask(`${type}/Days/2026-11-22`);
}

/** Every form of `details`, and answers with all their fields null. */
async function walkDetails({ twilio, ask, type }: Walk): Promise<void> {
  const scripts: SimulatorScript[] = [
    { details: [{ form: 'null' }] },
    { details: [{ form: 'emptyList' }] },
    { details: [{ form: 'daysNull' }] },
    { details: [{ form: 'withDays' }] },
    { nullFields: EVERY_FIELD },
  ];
  for (const inDetails of ['named', 'counted', 'missing'] as const) {
    twilio.simulator.setScript({ days: [{ days: '2026-10-02', inDetails }] });
    const { job_sid: sid } = await ask(`${type}/Jobs`, { form: BARE_FORM });
    twilio.minutes(60);
    for (const script of scripts) {
      twilio.simulator.setScript(script);
      await ask(`Jobs/${sid}`);
      await ask(`${type}/Jobs`);
    }
  }
  await ask(type);
  await ask(`${type}/Configuration`);
  await ask(`${type}/Jobs`, { form: BARE_FORM });
  await ask(`${type}/Days`);
  await ask(`${type}/Days/2026-10-01`);
}

/** Of jobs, days, exports, configurations and redirects. */
const EVERY_FIELD = [
  'resource_type',
  'friendly_name',
  'details',
  'start_day',
  'end_day',
  'job_sid',
  'webhook_url',
  'webhook_method',
  'email',
  'url',
  'job_queue_position',
  'estimated_completion_time',
  'enabled',
  'links',
  'day',
  'size',
  'create_date',
  'redirect_to',
];
