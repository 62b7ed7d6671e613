import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';

async function names(twilio: Twilio, path: string): Promise<{ pages: string[][]; sizes: number[] }> {
  const pages: string[][] = [];
  const sizes: number[] = [];
  for (let next: string | null = path; next !== null;) {
    const { status, json } = await twilio.api(next);
    assert.equal(status, 200, next);
    assert.ok(Array.isArray(json[json.meta.key]), 'meta.key names the list');
    pages.push(
      json.meta.key === 'days'
        ? json.days.map(({ day }) => day)
        : json.jobs.map(({ friendly_name: name }) => name),
    );
    sizes.push(json.meta.page_size);
    next = json.meta.next_page_url;
  }
  return { pages, sizes };
}

test('jobs are listed in pages that follow one another by absolute URLs, the latest first', async () => {
  await using twilio = await startTwilio();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: name });
  }
  const { pages } = await names(twilio, 'Messages/Jobs?PageSize=2');
  assert.deepEqual(pages, [['e', 'd'], ['c', 'b'], ['a']]);
  const { meta } = (await twilio.api('Messages/Jobs?PageSize=2')).json;
  const list = `${twilio.simulator.apiUrl}/v1/Exports/Messages/Jobs`;
  assert.equal(meta.next_page_url?.replace(/=[^=]+$/, '='), `${list}?PageSize=2&Page=1&PageToken=`);
  assert.deepEqual(
    { ...meta, next_page_url: '' },
    {
      page: 0,
      page_size: 2,
      first_page_url: `${list}?PageSize=2&Page=0`,
      previous_page_url: null,
      next_page_url: '',
      url: `${list}?PageSize=2&Page=0`,
      key: 'jobs',
    },
  );
});

test('days are listed in pages that follow one another by absolute URLs', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-05');
  twilio.minutes(60);
  const { pages } = await names(twilio, 'Messages/Days?PageSize=2');
  assert.deepEqual(pages, [['2026-10-01', '2026-10-02'], ['2026-10-03', '2026-10-04'], ['2026-10-05']]);
  const { meta } = (await twilio.api('Messages/Days?PageSize=2')).json;
  const list = `${twilio.simulator.apiUrl}/v1/Exports/Messages/Days`;
  assert.equal(meta.next_page_url?.replace(/=[^=]+$/, '='), `${list}?PageSize=2&Page=1&PageToken=`);
  assert.deepEqual([meta.key, meta.first_page_url], ['days', `${list}?PageSize=2&Page=0`]);
});

test('a page tells its own number, size and URL', async () => {
  await using twilio = await startTwilio();
  for (const name of ['a', 'b', 'c']) {
    await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: name });
  }
  const first = (await twilio.api('Messages/Jobs?PageSize=2')).json.meta;
  const second = (await twilio.api(first.next_page_url ?? '')).json.meta;
  assert.deepEqual([second.page, second.page_size, second.url], [1, 2, first.next_page_url]);
  assert.deepEqual([second.first_page_url, second.next_page_url], [first.first_page_url, null]);
});

test('a page token stays good when a job comes or goes in between', async () => {
  await using twilio = await startTwilio();
  const sids = new Map<string, string>();
  for (const name of ['a', 'b', 'c', 'd']) {
    sids.set(name, await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: name }));
  }
  twilio.minutes(60);
  const first = (await twilio.api('Messages/Jobs?PageSize=2')).json;
  for (const name of ['e', 'f']) {
    await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: name });
  }
  await twilio.api(`Jobs/${sids.get('c')}`, { method: 'DELETE' });
  const second = await names(twilio, first.meta.next_page_url ?? '');
  assert.deepEqual(second.pages, [['b', 'a']]);
});

test('a page token goes on behind a file that has expired meanwhile', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-03');
  twilio.minutes(24 * 60);
  await twilio.createJob('2026-10-04', '2026-10-06');
  twilio.minutes(60);
  const next = async (page: string) => (await twilio.api(page)).json.meta.next_page_url ?? '';
  const [behindFirst, behindThird] = [
    await next('Messages/Days?PageSize=1'),
    await next('Messages/Days?PageSize=3'),
  ];
  const behindFourth = await next(behindThird.replace('PageSize=3', 'PageSize=1'));
  twilio.minutes(6 * 24 * 60);
  assert.deepEqual((await names(twilio, behindFirst)).pages, [
    ['2026-10-04'],
    ['2026-10-05'],
    ['2026-10-06'],
  ]);
  assert.deepEqual((await names(twilio, behindThird)).pages, [['2026-10-04', '2026-10-05', '2026-10-06']]);
  assert.deepEqual((await names(twilio, behindFourth)).pages, [['2026-10-05'], ['2026-10-06']]);
});

test('the page before a job can be reached after the job is gone', async () => {
  await using twilio = await startTwilio({ script: { days: [{ statuses: [{ status: 'Failed' }] }] } });
  const sids = new Map<string, string>();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    sids.set(name, await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: name }));
  }
  const first = (await twilio.api('Messages/Jobs?PageSize=2')).json;
  const second = (await twilio.api(first.meta.next_page_url ?? '')).json;
  const third = (await twilio.api(second.meta.next_page_url ?? '')).json;
  await twilio.api(`Jobs/${sids.get('b')}`, { method: 'DELETE' });
  const back = (await twilio.api(third.meta.previous_page_url ?? '')).json;
  assert.deepEqual(back.jobs, second.jobs);
});

test('the previous page can be reached from the next', async () => {
  await using twilio = await startTwilio();
  for (const name of ['a', 'b', 'c']) {
    await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: name });
  }
  const first = (await twilio.api('Messages/Jobs?PageSize=2')).json;
  const second = (await twilio.api(first.meta.next_page_url ?? '')).json;
  assert.match(second.meta.previous_page_url ?? '', /^http.*Page=0/);
  const back = (await twilio.api(second.meta.previous_page_url ?? '')).json;
  assert.deepEqual(back.jobs, first.jobs);
});

test('the list tells the queue position and the estimate of each job as of now', async () => {
  await using twilio = await startTwilio({ script: { life: { jobsAhead: 3, parallelDays: 1 } } });
  await twilio.createJob('2026-10-01', '2026-10-01');
  await twilio.createJob('2026-10-01', '2026-10-03');
  const seen: unknown[] = [];
  for (const minutes of [5, 7, 4]) {
    twilio.minutes(minutes);
    const { jobs } = (await twilio.api('Messages/Jobs')).json;
    seen.push(jobs.map((job) => [job.job_queue_position, job.estimated_completion_time]));
  }
  const [early, late] = ['2026-11-22T10:12:00.000', '2026-11-22T10:16:00.000'];
  const over = [null, null];
  assert.deepEqual(seen, [
    [
      ['4', late],
      ['3', early],
    ],
    [['1', late], over],
    [over, over],
  ]);
});

test('days are listed in the order of their generation, with their sizes', async () => {
  await using twilio = await startTwilio({ script: { life: { parallelDays: 1 } } });
  await twilio.createJob('2026-10-05', '2026-10-06', { FriendlyName: 'late days' });
  twilio.minutes(60);
  await twilio.createJob('2026-10-01', '2026-10-02', { FriendlyName: 'early days' });
  twilio.minutes(60);
  const { json } = await twilio.api('Messages/Days');
  assert.deepEqual(
    json.days.map(({ day }) => day),
    ['2026-10-05', '2026-10-06', '2026-10-01', '2026-10-02'],
  );
  assert.deepEqual(json.days[0], {
    day: '2026-10-05',
    size: twilio.simulator.expectedFile({ resourceType: 'Messages', day: '2026-10-05' })?.sizeBytes,
    create_date: '2026-11-22',
    friendly_name: 'late days',
    resource_type: 'Messages',
  });
});

test('a day covered by two jobs is listed twice', async () => {
  await using twilio = await startTwilio();
  await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: 'first' });
  await twilio.createJob('2026-10-01', '2026-10-01', { FriendlyName: 'second' });
  twilio.minutes(60);
  const { json } = await twilio.api('Messages/Days');
  assert.deepEqual(
    json.days.map(({ friendly_name: name }) => name),
    ['first', 'second'],
  );
});

test('a page size above the limit is clamped: 1000 for jobs, 400 for days; without one it is 50', async () => {
  await using twilio = await startTwilio();
  assert.deepEqual((await names(twilio, 'Messages/Jobs?PageSize=5000')).sizes, [1000]);
  assert.deepEqual((await names(twilio, 'Messages/Days?PageSize=1000')).sizes, [400]);
  assert.deepEqual((await names(twilio, 'Messages/Days')).sizes, [50]);
});

test('a page size or a token that makes no sense is refused', async () => {
  await using twilio = await startTwilio();
  for (const query of ['PageSize=0', 'PageSize=x', 'PageSize=-1', 'Page=-1', 'PageToken=junk']) {
    assert.equal((await twilio.api(`Messages/Jobs?${query}`)).status, 400, query);
  }
});

test('a slash at the end of a path changes nothing', async () => {
  await using twilio = await startTwilio();
  const { status, json } = await twilio.api('Messages/Days/?PageSize=20');
  assert.deepEqual([status, json.days, json.meta.key], [200, [], 'days']);
  assert.equal(json.meta.url, `${twilio.simulator.apiUrl}/v1/Exports/Messages/Days?PageSize=20&Page=0`);
});
