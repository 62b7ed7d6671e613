import { basic } from '../caller.ts';
import type { Call } from '../caller.ts';
import { BARE_FORM, FULL_FORM } from './walk.ts';
import type { Walk } from './walk.ts';

/** What goes wrong with each operation, in both forms of an error. */
export async function walkRefusals({ twilio, ask, type }: Walk): Promise<void> {
  const { job_sid: sid } = await ask(`${type}/Jobs`, { form: BARE_FORM });
  twilio.minutes(60);
  const operations: [path: string, call: Call][] = [
    [type, {}],
    [`${type}/Configuration`, {}],
    [`${type}/Configuration`, { form: { Enabled: 'false' } }],
    [`${type}/Jobs`, {}],
    [`${type}/Jobs`, { form: BARE_FORM }],
    [`Jobs/${sid}`, {}],
    [`Jobs/${sid}`, { method: 'DELETE' }],
    [`${type}/Days`, {}],
    [`${type}/Days/2026-10-01`, {}],
  ];
  for (const errorBodies of ['whole', 'bare'] as const) {
    for (const [path, call] of operations) {
      for (const kind of ['status401', 'status429', 'status500', 'status503'] as const) {
        twilio.simulator.setScript({ errorBodies, faults: [{ kind }] });
        await ask(path, call);
      }
      twilio.simulator.setScript({ errorBodies, faults: [{ kind: 'status429', retryAfter: 7 }] });
      await ask(path, call);
      twilio.simulator.setScript({ errorBodies });
      await ask(path, { ...call, headers: NOBODY });
      await ask(path.replace(type, 'Faxes').replace(sid, 'JS1'), call);
      const method = call.method ?? (call.form ? 'POST' : 'GET');
      // Without its length Node sends the body of a GET as the beginning of the next request.
      await ask(path, { method, form: { x: 'x'.repeat(69_998) }, headers: { 'Content-Length': '70000' } });
      await ask(path, { method: 'PUT' });
      await ask(path, { method: 'OPTIONS' });
      await ask(path, { method: 'OPTIONS', headers: NOBODY });
      if (call.form !== undefined) {
        await ask(path, { method, body: '{}', headers: { 'Content-Type': 'application/json' } });
      }
      await ask(path.replace(type, 'Faxes'), { method: 'PUT' });
      await ask(`${path}/of/nothing`, call);
      await ask(`${path}/of/nothing`, { ...call, headers: NOBODY });
    }
    await ask(`${type}/Days/2026-10-31`);
    for (const query of ['PageSize=0', 'PageSize=x', 'Page=-1', 'PageToken=x']) {
      await ask(`${type}/Jobs?${query}`);
      await ask(`${type}/Days?${query}`);
    }
    const refused: Record<string, string>[] = [
      { FriendlyName: '' },
      { StartDay: 'x' },
      { StartDay: '2026-10-07' },
      { EndDay: '2026-11-21' },
      { StartDay: '2024-01-01' },
      { WebhookUrl: FULL_FORM.WebhookUrl },
      { WebhookUrl: 'x', WebhookMethod: 'POST' },
      { WebhookUrl: FULL_FORM.WebhookUrl, WebhookMethod: 'PUT' },
    ];
    for (const fields of refused) {
      await ask(`${type}/Jobs`, { form: { ...BARE_FORM, ...fields } });
    }
    for (const name of ['Enabled', 'WebhookUrl', 'WebhookMethod']) {
      await ask(`${type}/Configuration`, { form: { [name]: 'x' } });
    }
  }
}

const NOBODY = { Authorization: basic('nobody', 'x') };
