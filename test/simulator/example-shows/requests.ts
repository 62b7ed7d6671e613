import assert from 'node:assert/strict';
import { requestsArrive } from '../caller.ts';
import { download } from '../download.ts';
import { DAY, FORM } from '../one-day.ts';
import { statuses } from './show.ts';
import type { Shows } from './show.ts';

/** Examples in which requests to the API go wrong. */
export const requestShows: Shows = {
  'credentials-refused-for-a-while': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    assert.deepEqual(await statuses(twilio, `Jobs/${jobSid}`, 4), [200, 401, 401, 200]);
  },

  'rate-limited-with-retry-after': async (twilio) => {
    const answers: unknown[] = [];
    for (let time = 0; time < 3; time += 1) {
      const { status, headers } = await twilio.api('Messages/Jobs', { form: FORM });
      answers.push([status, headers['retry-after']]);
    }
    assert.deepEqual(answers, [
      [429, '2'],
      [429, '2'],
      [201, undefined],
    ]);
    assert.equal(twilio.simulator.ledger().jobsMade, 1);
  },

  'rate-limited-without-retry-after': async (twilio) => {
    const { status, headers } = await twilio.api('Messages/Jobs');
    assert.deepEqual([status, headers['retry-after']], [429, undefined]);
    assert.deepEqual(await statuses(twilio, 'Messages/Jobs', 2), [429, 200]);
  },

  'concurrent-requests-limited': async (twilio) => {
    const seen = new Set<number>();
    for (let round = 0; round < 5 && !(seen.has(429) && seen.has(200)); round += 1) {
      const replies = await Promise.all([1, 2, 3, 4].map(() => twilio.api('Messages')));
      replies.forEach(({ status }) => seen.add(status));
    }
    assert.deepEqual([...seen].toSorted(), [200, 429]);
    assert.deepEqual(await statuses(twilio, 'Messages', 2), [200, 200]);
  },

  'internal-errors': async (twilio) => {
    assert.deepEqual(await statuses(twilio, 'Messages', 3), [500, 500, 200]);
    const replies = [1, 2].map(() => twilio.api('Messages/Jobs', { form: FORM }));
    assert.deepEqual(
      (await Promise.all(replies)).map(({ status }) => status),
      [500, 500],
    );
    assert.equal(twilio.simulator.ledger().jobsMade, 0);
  },

  'unavailable-with-html': async (twilio) => {
    const { status, headers, bytes } = await twilio.api('Messages');
    assert.deepEqual([status, headers['content-type']], [503, 'text/html']);
    assert.match(bytes.toString('utf8'), /^<!DOCTYPE html>/);
    assert.deepEqual(await statuses(twilio, 'Messages', 1), [200]);
  },

  'errors-without-code': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    assert.equal((await twilio.api(`Jobs/${jobSid}`)).status, 200);
    const { status, json } = await twilio.api(`Jobs/${jobSid}`);
    assert.equal(status, 500);
    assert.deepEqual(Object.keys(json).toSorted(), ['message', 'status']);
  },

  'request-lost': async (twilio) => {
    await assert.rejects(twilio.api('Messages/Jobs', { form: FORM }), { code: 'ECONNRESET' });
    assert.equal(twilio.simulator.ledger().jobsMade, 0);
    assert.equal((await twilio.api('Messages/Jobs', { form: FORM })).status, 201);
  },

  'create-answer-lost': async (twilio) => {
    const form = { ...FORM, FriendlyName: 'mine' };
    await assert.rejects(twilio.api('Messages/Jobs', { form }), { code: 'ECONNRESET' });
    const { jobs } = (await twilio.api('Messages/Jobs')).json;
    assert.deepEqual(
      jobs.map(({ friendly_name: name }) => name),
      ['mine'],
    );
  },

  'create-carried-out-late': async (twilio) => {
    await assert.rejects(twilio.api('Messages/Jobs', { form: FORM }), { code: 'ECONNRESET' });
    twilio.minutes(29 / 60);
    assert.equal((await twilio.api('Messages/Jobs')).json.jobs.length, 0);
    twilio.minutes(1 / 60);
    assert.equal((await twilio.api('Messages/Jobs')).json.jobs.length, 1);
  },

  'slow-answers': async (twilio) => {
    assert.equal((await twilio.api('Messages')).status, 200);
    const second = twilio.api('Messages').catch(() => 'the simulator stops before the ten seconds are over');
    await requestsArrive(twilio, 'fetchExport', 2);
    assert.deepEqual(twilio.simulator.ledger().answers, { '200': 1 });
    assert.equal((await twilio.api('Calls/Days')).status, 200);
    await twilio.simulator.stop();
    await second;
  },

  'everything-flaky': async (twilio) => {
    const answers = new Set(await statuses(twilio, 'Messages', 100));
    assert.deepEqual(answers, new Set([200, 500, 503, 'reset']));
    while (twilio.simulator.ledger().jobsMade === 0) {
      await statuses(twilio, 'Messages/Jobs', 1);
      await twilio.api('Messages/Jobs', { form: FORM }).catch(() => 'lost');
    }
    twilio.minutes(60);
    const isWhole = new Set<boolean>();
    for (let time = 0; time < 30; time += 1) {
      const got = await twilio
        .link(DAY)
        .then((link) => download(link))
        .catch(() => null);
      if (got?.status === 200) {
        isWhole.add(got.isWhole);
      }
    }
    assert.equal(isWhole.size, 2);
  },
};
