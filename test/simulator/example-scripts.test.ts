import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { OPERATIONS_BY_FAULT } from '../../simulator/fault-kinds.ts';
import { parseScript } from '../../simulator/index.ts';
import type {
  DayScript,
  DetailsScript,
  Ledger,
  LifeScript,
  SimulatorScript,
  StoreScript,
  WebhookScript,
} from '../../simulator/index.ts';
import { startTwilio } from './caller.ts';
import { fileShows } from './example-shows/files.ts';
import { jobShows } from './example-shows/jobs.ts';
import { requestShows } from './example-shows/requests.ts';
import type { Shows } from './example-shows/show.ts';
import { webhookShows } from './example-shows/webhooks.ts';

/** How each example shows. */
const shows: Shows = { ...requestShows, ...fileShows, ...jobShows, ...webhookShows };

/** Examples of what happens without a script as well: there for whoever looks for them. */
const USUAL = new Set(['delete-complete-answers-204']);

const page = await readFile(new URL('../../docs/simulator.md', import.meta.url), 'utf8');
const folder = new URL('../../examples/simulator-scripts/', import.meta.url);
const scripts = new Map<string, SimulatorScript>();
for (const file of await readdir(folder)) {
  const json: unknown = JSON.parse(await readFile(new URL(file, folder), 'utf8'));
  scripts.set(file.replace(/\.json$/, ''), parseScript(json));
}

test('every example has its show, and every show its example', () => {
  assert.deepEqual([...scripts.keys()].toSorted(), Object.keys(shows).toSorted());
});

test('an example says in one sentence what happens and what a good client does', () => {
  for (const [name, { description = '' }] of scripts) {
    assert.match(description, /^[A-Z](?!.*\. ).+: a good client .+[^.]\.$/, name);
  }
});

for (const [name, script] of scripts) {
  test(`${name}: ${script.description}`, { timeout: 60_000 }, async () => {
    const { faults } = await play(name, script);
    for (const { kind } of script.faults ?? []) {
      const rules = script.faults?.filter((rule) => rule.kind === kind).length ?? 0;
      assert.ok((faults[kind] ?? 0) >= rules, `${kind} is in the script and was not played`);
    }
  });

  if (!USUAL.has(name)) {
    test(`without its script ${name} does not happen`, { timeout: 60_000 }, async () => {
      await assert.rejects(play(name, {}), assert.AssertionError);
    });
  }
}

test('every field of a script and every word that it knows is in an example', () => {
  const used = new Set<string>();
  for (const script of scripts.values()) {
    collect(script, '', used);
  }
  const missing = Object.keys({ ...FIELDS, ...WORDS, ...faultKinds() }).filter((word) => !used.has(word));
  assert.deepEqual(missing, []);
});

test('the page of the simulator names every example, and none that does not exist', () => {
  const rows = /\n\| to see how your client takes .*?\n\n/s.exec(page)?.[0].trim().split('\n').slice(2) ?? [];
  const named = rows.flatMap(
    (row) =>
      row
        .split('|')
        .at(-2)
        ?.match(/[a-z][a-z0-9-]+/g) ?? [],
  );
  assert.deepEqual(named.toSorted(), [...scripts.keys()].toSorted());
});

test('a script that the page of the simulator shows can be played', () => {
  const [, ...shown] = page.split('```json\n');
  assert.ok(shown.length > 0, 'scripts on the page');
  for (const text of shown) {
    parseScript(JSON.parse(text.split('```')[0] ?? ''));
  }
});

test('the page of the simulator says what every field of the ledger tells', async () => {
  const section = page.split('## The ledger')[1]?.split('\n## ')[0] ?? '';
  await using twilio = await startTwilio();
  assert.deepEqual(
    Object.keys(twilio.simulator.ledger()).filter((field) => !section.includes(`\`${field}\``)),
    [],
  );
});

async function play(name: string, script: SimulatorScript): Promise<Ledger> {
  await using twilio = await startTwilio({ script });
  const show = shows[name];
  assert.ok(show, `no show of ${name}`);
  await show(twilio);
  return twilio.simulator.ledger();
}

/** Collects `.path.of.field` for every field, and `.path.of.field=word` for every text and number. */
function collect(value: unknown, path: string, used: Set<string>): void {
  if (Array.isArray(value)) {
    value.forEach((each) => {
      collect(each, path, used);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      used.add(`${path}.${name}`);
      collect(each, `${path}.${name}`, used);
    }
  } else {
    used.add(`${path}=${String(value)}`);
  }
}

/** Every field, by its types: one that is added later is missed by the compiler here, and then by the test. */
const FIELDS: Record<
  | `.${keyof SimulatorScript}`
  | `.life.${keyof LifeScript}`
  | `.days.${keyof DayScript}`
  | `.details.${keyof DetailsScript}`
  | `.webhook.${keyof WebhookScript}`
  | `.store.${keyof StoreScript}`,
  true
> = {
  '.description': true,
  '.life': true,
  '.days': true,
  '.details': true,
  '.webhook': true,
  '.faults': true,
  '.deleteCompleteAnswers': true,
  '.nullFields': true,
  '.errorBodies': true,
  '.emails': true,
  '.concurrentRequests': true,
  '.store': true,
  '.life.submitted': true,
  '.life.running': true,
  '.life.parallelDays': true,
  '.life.errorDuringRun': true,
  '.life.runningToBeDeleted': true,
  '.life.jobsAhead': true,
  '.life.emptyRate': true,
  '.life.errorRate': true,
  '.life.failedRate': true,
  '.days.resourceType': true,
  '.days.days': true,
  '.days.submissions': true,
  '.days.statuses': true,
  '.days.records': true,
  '.days.sizeBytes': true,
  '.days.file': true,
  '.days.fileDelay': true,
  '.days.version': true,
  '.days.inDetails': true,
  '.details.form': true,
  '.details.resourceType': true,
  '.details.jobs': true,
  '.details.from': true,
  '.details.until': true,
  '.webhook.times': true,
  '.webhook.delay': true,
  '.webhook.signature': true,
  '.webhook.body': true,
  '.store.etag': true,
  '.store.ranges': true,
  '.store.contentEncoding': true,
};

/** Every word of a choice, but for the one that is meant where nothing is said. */
const WORDS: Record<
  | `.days.file=${Exclude<NonNullable<DayScript['file']>, 'records'>}`
  | `.days.inDetails=${Exclude<NonNullable<DayScript['inDetails']>, 'named'>}`
  | `.details.form=${DetailsScript['form']}`
  | `.webhook.signature=${Exclude<NonNullable<WebhookScript['signature']>, 'signed'>}`
  | `.webhook.body=${Exclude<NonNullable<WebhookScript['body']>, 'form'>}`
  | `.store.etag=${Exclude<NonNullable<StoreScript['etag']>, 'strong'>}`
  | `.store.ranges=${Exclude<NonNullable<StoreScript['ranges']>, 'honoured'>}`
  | `.store.contentEncoding=${NonNullable<StoreScript['contentEncoding']>}`
  | `.deleteCompleteAnswers=${NonNullable<SimulatorScript['deleteCompleteAnswers']>}`
  | `.errorBodies=${Exclude<NonNullable<SimulatorScript['errorBodies']>, 'whole'>}`
  | `.emails=${Exclude<NonNullable<SimulatorScript['emails']>, 'sent'>}`,
  true
> = {
  '.days.file=emptyFile': true,
  '.days.file=zeroBytes': true,
  '.days.file=missing': true,
  '.days.inDetails=counted': true,
  '.days.inDetails=missing': true,
  '.details.form=withDays': true,
  '.details.form=daysNull': true,
  '.details.form=null': true,
  '.details.form=emptyList': true,
  '.webhook.signature=forged': true,
  '.webhook.signature=none': true,
  '.webhook.body=json': true,
  '.store.etag=weak': true,
  '.store.etag=none': true,
  '.store.ranges=ignored': true,
  '.store.contentEncoding=gzip': true,
  '.deleteCompleteAnswers=204': true,
  '.deleteCompleteAnswers=404': true,
  '.deleteCompleteAnswers=405': true,
  '.errorBodies=bare': true,
  '.emails=never': true,
};

function faultKinds(): Record<string, true> {
  return Object.fromEntries(Object.keys(OPERATIONS_BY_FAULT).map((kind) => [`.faults.kind=${kind}`, true]));
}
