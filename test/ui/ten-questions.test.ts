import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExportHandle } from '../../client/index.ts';
import { findChromium } from '../support/find-chromium.ts';
import { beginNight, type Night, rangeOf, type State } from './night.ts';
import { openWebUi, type Tab, type WebUi } from './web-ui.ts';

/** What somebody asks who is woken by an export. The tenth question is asked of the list. */
type Question =
  | 'what is it'
  | 'how far is it'
  | 'is it well'
  | 'since when not'
  | 'what waits for what'
  | 'when does something happen next'
  | 'what went wrong'
  | 'what can I do'
  | 'where are the files';

type Answers = Record<Question, [Tab, RegExp]>;

const well = /Nothing is wrong as of 20\d\d-\d\d-\d\d \d\d:\d\d UTC, and there is nothing to do\./;
const signals = /checkNow looks at Twilio now; cancel stops, cleans up and keeps what is downloaded/;
const files = /Where the files are file:\/\/\/\S+\/day=\*\/part-0\.json\.gz/;
const manifest = /day=\*\/part-0\.json\.gz Manifest: file:\/\/\/\S+\/_manifests\/\S+\.json/;

const answers: Record<State, Answers> = {
  running: {
    'what is it': ['user-metadata', new RegExp(`Messages ${rangeOf('running')} → default`)],
    'how far is it': ['user-metadata', /3 of 4 days, [\d.]+ kB, \d+ records Days: 3 downloaded, 1 Running/],
    'is it well': ['user-metadata', well],
    'since when not': ['user-metadata', well],
    'what waits for what': ['user-metadata', /JS\w{32} \S+: 3 Completed, 1 Running;.* as of 20/],
    'when does something happen next': ['pending-activities', /watchExportJob .*Next Retry .* UTC/],
    'what went wrong': ['user-metadata', well],
    'what can I do': ['user-metadata', signals],
    'where are the files': ['user-metadata', files],
  },
  stuck: {
    'what is it': ['user-metadata', new RegExp(`Calls ${rangeOf('stuck')} → default`)],
    'how far is it': ['user-metadata', /0 of 4 days, 0 B, 0 records Days: 4 Running/],
    'is it well': ['user-metadata', /Not all is well/],
    'since when not': ['user-metadata', /Not all is well since 20\d\d-\d\d-\d\d \d\d:\d\d UTC: see below/],
    'what waits for what': ['timeline', new RegExp(`watchExportJob • Calls ${rangeOf('stuck')}`)],
    'when does something happen next': ['pending-activities', /Next Retry .* UTC \(\d+s\)/],
    'what went wrong': [
      'pending-activities',
      /Could not look at the job \[JS\w{32}, account default\]: Twilio answered 401/,
    ],
    'what can I do': ['user-metadata', /Twilio answered 401 .* Check the Account SID and the Auth Token/],
    'where are the files': ['user-metadata', /Where the files are No day is in the destination so far/],
  },
  failed: {
    'what is it': ['user-metadata', new RegExp(`Conferences ${rangeOf('failed')} → default`)],
    'how far is it': ['user-metadata', /3 of 4 days, .* Days: 3 downloaded, 1 failed/],
    'is it well': ['user-metadata', /FAILED .* Incomplete: some days could not be had/],
    'since when not': ['user-metadata', /Twilio reports Failed .* \(since 20\d\d-/],
    'what waits for what': ['user-metadata', /1 Failed; .* then deleted/],
    'when does something happen next': [
      'pending-activities',
      /FAILED .* End \w+ \d+, .* No Pending Activities/,
    ],
    // Square brackets before round ones are a link in Markdown, which hides what stands in the round ones.
    'what went wrong': ['user-metadata', /Twilio reports Failed \[job JS\w{32}\] \(the only submission\)/],
    'what can I do': [
      'timeline',
      /Start an export of the missing days again; .*support asks for the job sids/,
    ],
    'where are the files': ['user-metadata', manifest],
  },
  cancelled: {
    'what is it': ['user-metadata', new RegExp(`Participants ${rangeOf('cancelled')} → default`)],
    'how far is it': ['user-metadata', /0 of 4 days, .* Days: 4 cancelled/],
    'is it well': ['user-metadata', /Cancelled\. What was downloaded before is whole and stays/],
    'since when not': ['timeline', /COMPLETED .* End \w+ \d+, .* "outcome": "cancelled"/],
    'what waits for what': ['user-metadata', /4 Running; .* then deleted/],
    'when does something happen next': ['pending-activities', /COMPLETED .* No Pending Activities/],
    'what went wrong': ['user-metadata', /Reason: wrong _month_ /],
    'what can I do': ['user-metadata', /started again, an export of these days asks for the others/],
    'where are the files': [
      'user-metadata',
      /No day is in the destination so far Manifest: file:\/\/\/\S+\.json/,
    ],
  },
  finished: {
    'what is it': ['user-metadata', new RegExp(`Messages ${rangeOf('finished')} → default`)],
    'how far is it': ['user-metadata', /4 of 4 days, [\d.]+ kB, \d+ records Days: 4 downloaded/],
    'is it well': ['user-metadata', /COMPLETED .* Complete: every day is downloaded or empty\./],
    'since when not': ['timeline', /COMPLETED .* End \w+ \d+, .* "outcome": "complete"/],
    'what waits for what': ['user-metadata', /4 Completed; .* then deleted/],
    'when does something happen next': ['pending-activities', /COMPLETED .* No Pending Activities/],
    'what went wrong': ['user-metadata', /Complete: every day is downloaded or empty\./],
    'what can I do': ['user-metadata', /There is nothing to do\./],
    'where are the files': ['user-metadata', manifest],
  },
};

/** As README has it. */
const FAILED = "WorkflowType = 'exportJob' AND BulkExportPhase IN ('incomplete', 'failed')";
const WEEK_MS = 7 * 86_400_000;

const { path, skip } = findChromium();

describe('somebody who is woken and opens the Web UI', { skip, timeout: 400_000 }, () => {
  let ui: WebUi;
  let night: Night;
  before(async () => {
    ui = await openWebUi(path ?? '');
    night = await beginNight(ui.env);
  });
  after(async () => {
    try {
      await night.endWorker();
    } finally {
      await ui.close();
    }
  });

  it('cancels an export from the dialog for signals, which says what the argument looks like', async () => {
    const { page } = ui;
    await ui.open(night.exports.cancelled, 'timeline');
    await page.getByRole('button', { name: 'More Actions' }).click();
    await page.getByRole('menuitem', { name: 'Send a Signal' }).click();
    const dialog = page.getByRole('dialog').filter({ visible: true });
    await dialog.getByTestId('signal-select-button').click();
    const cancel = dialog.getByRole('option', { name: 'cancel' });
    assert.match(await cancel.innerText(), /Stop, clean up, .*\{"reason": "text", "deleteJob": true\}/);
    await cancel.click();
    await dialog.getByRole('textbox').last().fill('{"reason": "wrong _month_"}');
    await dialog.getByRole('button', { name: 'Submit' }).click();

    await assert.rejects(night.exports.cancelled.result(), {
      type: 'ExportCancelled',
      message: /wrong _month_/,
    });
  });

  for (const state of Object.keys(answers) as State[])
    it(`reads the answers to nine questions of one that is ${state}`, async () => {
      const tabs = new Set(Object.values(answers[state]).map(([tab]) => tab));
      for (const tab of tabs) {
        await ui.open(night.exports[state], tab);
        const expected = Object.values(answers[state]).filter(([place]) => place === tab);
        const seen = await ui.read(...expected.map(([, words]) => words));
        assert.equal(/Not all is well/.test(seen), state === 'stuck' && tab === 'user-metadata', seen);
      }
    });

  it('reads in the list which exports failed this week', async () => {
    const aWeekAgo = new Date(Date.now() - WEEK_MS).toISOString();
    await ui.list(`${FAILED} AND CloseTime > '${aWeekAgo}'`);
    await ui.addColumns('BulkExportPhase', 'BulkExportDaysTotal', 'BulkExportDaysFailed');
    const id = `bulk-export-Conferences-${rangeOf('failed')}`;
    const seen = await ui.read(new RegExp(`FAILED ${id} .* incomplete 4 1`));
    assert.ok(!/bulk-export-(Messages|Calls|Participants)/.test(seen), seen);
  });

  it('reads how far an export is when no worker answers, and the client says that none does', async () => {
    await night.endWorker();
    const { running, stuck } = night.exports;
    await ui.open(running, 'memo');
    await ui.read(/RUNNING .* "endDay": "[\d-]+", "resourceType": "Messages", "startDay": "[\d-]+"/);
    await ui.open(running, 'search-attributes');
    await ui.read(/"BulkExportDaysDone": 3,/, /"BulkExportDaysTotal": 4,/, /"BulkExportPhase": "waiting",/);
    await ui.open(running, 'pending-activities');
    await ui.read(/"message": "1 Running, 3 Completed/);
    await ui.open(stuck, 'pending-activities');
    await ui.read(/Twilio answered 401 .* Check the Account SID and the Auth Token/);

    const { client } = ui.env;
    const impatient = new ExportHandle({ client, workflowId: stuck.workflowId, queryTimeoutMs: 300 });
    const { source, days, problems } = await impatient.progress();
    assert.deepEqual([source, days], ['description', { total: 4, done: 0 }]);
    assert.match(problems[0]?.problem ?? '', /^watchExportJob is retried, .*Twilio answered 401/);
  });
});
