import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ALERT_RULES, withoutPrometheus } from '../support/prometheus.ts';

const run = promisify(execFile);

/** Series as promtool writes them, a value a minute: `0x60` is an hour of 0, `0+1x60` grows by one a minute. */
interface Story {
  alert: string;
  title: string;
  series: Record<string, string>;
  /** In minutes: when the alert is looked for. */
  at: number;
  fires: boolean;
}

const MESSAGES = 'namespace="n",resource_type="Messages"';
const ANSWERS = 'bulk_exports_twilio_answers_total{namespace="n",account="default"';
const RUNNING = { 'bulk_exports_running_exports{namespace="n",taskQueue="q"}': '1x3000' };
const IDLE = {
  ...RUNNING,
  'bulk_exports_looks_total{namespace="n",taskQueue="q",account="a",result="changed"}': '7x3000',
};
const exportsOf = (outcome: string) => `bulk_exports_exports_total{${MESSAGES},outcome="${outcome}"}`;
const daysOf = (outcome: string) => `bulk_exports_days_total{${MESSAGES},outcome="${outcome}"}`;

const stories: Story[] = [
  gone('has been gone for five minutes', { 'up{job="bulk-exports"}': '1x9 0x20' }, 16, true),
  gone('is restarted', { 'up{job="bulk-exports"}': '1x9 0x3 1x20' }, 16, false),
  gone('has been gone for two minutes', { 'up{job="bulk-exports"}': '1x9 0x20' }, 12, false),
  gone('has gone from the configuration', { 'up{job="other"}': '1x20' }, 16, true),
  gone(
    'is one of two, and the other is there',
    { 'up{job="bulk-exports",instance="a"}': '0x20', 'up{job="bulk-exports",instance="b"}': '1x20' },
    16,
    false,
  ),
  ...['failed', 'timedOut', 'incomplete'].map((outcome) =>
    story('BulkExportsFailing', `an export is ${outcome}`, { [exportsOf(outcome)]: '0x9 1x90' }, 12, true),
  ),
  story(
    'BulkExportsFailing',
    'exports are complete, cancelled or refused',
    {
      [exportsOf('complete')]: '0+1x60',
      [exportsOf('cancelled')]: '0+1x60',
      [exportsOf('refused')]: '0+1x60',
    },
    30,
    false,
  ),
  story('BulkExportsRefused', 'an export is refused', { [exportsOf('refused')]: '0x9 1x90' }, 12, true),
  story(
    'BulkExportsRefused',
    'the input of one is refused, whatever it was to export',
    { 'bulk_exports_exports_total{namespace="n",resource_type="unknown",outcome="refused"}': '0x9 1x90' },
    12,
    true,
  ),
  story('BulkExportsRefused', 'an export has failed', { [exportsOf('failed')]: '0x9 1x90' }, 12, false),
  story(
    'BulkExportsFailing',
    'one has failed two hours ago',
    { [exportsOf('failed')]: '0x9 1x200' },
    130,
    false,
  ),
  story('BulkExportsDaysFailed', 'a day has failed', { [daysOf('failed')]: '0x9 1x90' }, 12, true),
  story('BulkExportsDaysFailed', 'a day was deleted', { [daysOf('deleted')]: '0x9 1x90' }, 12, true),
  story(
    'BulkExportsDaysFailed',
    'days are downloaded, empty or cancelled',
    { [daysOf('downloaded')]: '0+1x60', [daysOf('empty')]: '0+1x60', [daysOf('cancelled')]: '0+1x60' },
    30,
    false,
  ),
  story(
    'BulkExportsWaitingForQuota',
    'a submission is put off',
    { [`bulk_exports_quota_waits_total{${MESSAGES}}`]: '0x9 1x90' },
    12,
    true,
  ),
  story(
    'BulkExportsWaitingForQuota',
    'none is',
    { [`bulk_exports_quota_waits_total{${MESSAGES}}`]: '3x90' },
    30,
    false,
  ),
  story(
    'BulkExportsCredentialsRefused',
    'Twilio answers 401 once',
    { [`${ANSWERS},status="401"}`]: '0x9 1x90' },
    12,
    true,
  ),
  story(
    'BulkExportsCredentialsRefused',
    'Twilio, or a proxy, answers 403, as a spent quota may be told',
    { [`${ANSWERS},status="403"}`]: '0+1x90' },
    12,
    false,
  ),
  story(
    'BulkExportsCredentialsRefused',
    'that is half an hour ago',
    { [`${ANSWERS},status="401"}`]: '0x9 1x90' },
    45,
    false,
  ),
  ...['429', '500', '5xx', 'none'].map((status) =>
    story(
      'BulkExportsTwilioRefusing',
      `most answers are ${status} for long`,
      { [`${ANSWERS},status="${status}"}`]: '0+3x90', [`${ANSWERS},status="200"}`]: '0+1x90' },
      40,
      true,
    ),
  ),
  story(
    'BulkExportsTwilioRefusing',
    'that has lasted for ten minutes',
    { [`${ANSWERS},status="503"}`]: '0x29 0+3x90', [`${ANSWERS},status="200"}`]: '0+1x29 30x90' },
    41,
    false,
  ),
  story(
    'BulkExportsTwilioRefusing',
    'a third of the answers are',
    { [`${ANSWERS},status="503"}`]: '0+1x90', [`${ANSWERS},status="200"}`]: '0+2x90' },
    40,
    false,
  ),
  story('BulkExportsTwilioRefusing', 'nobody asks', { [`${ANSWERS},status="503"}`]: '5x90' }, 40, false),
  story(
    'BulkExportsDownloadsStall',
    'five stall in half an hour',
    { [`bulk_exports_stalls_total{${MESSAGES}}`]: '0x9 0+1x5 5x60' },
    20,
    true,
  ),
  story(
    'BulkExportsDownloadsStall',
    'two stall',
    { [`bulk_exports_stalls_total{${MESSAGES}}`]: '0x9 2x60' },
    20,
    false,
  ),
  story('BulkExportsNoLooks', 'exports run and nobody looks', IDLE, 90, true),
  story('BulkExportsNoLooks', 'they run for ten minutes', RUNNING, 10, false),
  story('BulkExportsNoLooks', 'exports run and nobody has ever looked', RUNNING, 90, true),
  story(
    'BulkExportsNoLooks',
    'the last look is less than an hour ago',
    {
      ...IDLE,
      'bulk_exports_looks_total{namespace="n",taskQueue="q",account="a",result="unchanged"}': '0x49 1x60',
    },
    90,
    false,
  ),
  story(
    'BulkExportsNoLooks',
    'a create is tried again, and there is no job to look at',
    {
      ...IDLE,
      'bulk_exports_twilio_answers_total{namespace="n",taskQueue="q",account="a",status="none"}': '0+1x3000',
    },
    90,
    false,
  ),
  story(
    'BulkExportsNoLooks',
    'a long download is under way',
    {
      ...IDLE,
      'bulk_exports_fetched_bytes_total{namespace="n",taskQueue="q",resource_type="Messages"}': '0+9x3000',
    },
    90,
    false,
  ),
  story(
    'BulkExportsNoLooks',
    'the quota is waited for since half a day',
    {
      ...IDLE,
      'bulk_exports_quota_waits_total{namespace="n",taskQueue="q",resource_type="Messages"}': '0x9 1x3000',
    },
    720,
    false,
  ),
  story(
    'BulkExportsNoLooks',
    'none runs',
    { ...IDLE, 'bulk_exports_running_exports{namespace="n",taskQueue="q"}': '0x3000' },
    90,
    false,
  ),
  story(
    'BulkExportsNoLooks',
    'another task queue is looked at',
    {
      ...IDLE,
      'bulk_exports_looks_total{namespace="n",taskQueue="other",account="a",result="changed"}': '0+1x3000',
    },
    90,
    true,
  ),
];

describe('the alert rules', () => {
  test('are those of README, each with what to do', async () => {
    const rules = await readFile(ALERT_RULES, 'utf8');
    const names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    const told = [...(await readFile('README.md', 'utf8')).matchAll(/^\| `(BulkExports\w+)` /gm)].map(
      ([, name = '']) => name,
    );
    assert.deepEqual(told.toSorted(), names.toSorted());
    assert.equal(rules.match(/summary: \S/g)?.length, names.length);
    assert.equal(rules.match(/description: \S/g)?.length, names.length);
    assert.deepEqual(
      [...new Set(stories.map(({ alert }) => alert))].toSorted(),
      names.toSorted(),
      'each has a story',
    );
  });

  describe('by Prometheus itself', { skip: withoutPrometheus() }, () => {
    test('are valid', async () => {
      const { stdout } = await run('promtool', ['check', 'rules', ALERT_RULES]);
      assert.match(stdout, /SUCCESS: 9 rules found/);
    });

    for (const { alert, title, series, at, fires } of stories)
      test(`${alert} ${fires ? 'fires' : 'is silent'} where ${title}`, async () => {
        assert.equal(await isSilent({ alert, series, at }), !fires);
      });
  });
});

function story(
  alert: string,
  title: string,
  series: Record<string, string>,
  at: number,
  fires: boolean,
): Story {
  return { alert, title, series, at, fires };
}

function gone(title: string, series: Record<string, string>, at: number, fires: boolean): Story {
  return story('BulkExportsWorkerGone', `the worker ${title}`, series, at, fires);
}

/** Asks promtool, whose test succeeds where no such alert fires. */
async function isSilent({ alert, series, at }: Pick<Story, 'alert' | 'series' | 'at'>): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'alert-rules-'));
  try {
    const path = join(folder, 'test.yml');
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const alert_rule_test = [{ eval_time: `${at}m`, alertname: alert, exp_alerts: [] }];
    await writeFile(
      path,
      JSON.stringify({
        rule_files: [ALERT_RULES],
        evaluation_interval: '1m',
        tests: [{ interval: '1m', input_series, alert_rule_test }],
      }),
    );
    return await run('promtool', ['test', 'rules', path]).then(
      () => true,
      (error: { stdout: string; stderr: string }) => {
        const told = error.stdout + error.stderr;
        assert.match(told, new RegExp(`alertname: ?${alert}.*got:\\[`, 's'), told);
        return false;
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
