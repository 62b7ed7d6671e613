/** The real command line, as an operator runs it after exports were terminated. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastDocument, runCli } from '../cli/run-cli.ts';
import type { TwilioAccount } from '../../activities/index.ts';
import type { ReapReport } from '../../worker/index.ts';
import type { JobEvidence, LedgerEvidence, ReapingEvidence } from './check/evidence.ts';
import { readLedger } from './gather.ts';
import type { PlannedExport } from './plan.ts';
import type { Stage } from './stage.ts';

/** How often it is run at most, until no account has given it trouble. */
const MOST_RUNS = 20;

/** Shows first, then deletes, for every account. The last export and those that are `open` may run meanwhile. */
export async function reapLeftovers(
  { folder, server, simulator, accounts, last }: Stage,
  open: readonly PlannedExport[],
): Promise<ReapingEvidence> {
  const busy = new Set([last, ...open].map(({ credentials }) => credentials.accountSid));
  const look = async (): Promise<LedgerEvidence> => {
    const ledger = await readLedger(simulator.apiUrl);
    const isSettled = (job: JobEvidence): boolean => !busy.has(job.accountSid);
    return { ...ledger, jobs: ledger.jobs.filter(isSettled) };
  };
  const run = async (names: string[], ...words: string[]): Promise<ReapReport> => {
    const path = join(folder, 'accounts.json');
    const chosen = names.map((name) => [name, namedKey(accounts[name])]);
    await writeFile(path, JSON.stringify(Object.fromEntries(chosen)), { mode: 0o600 });
    const end = await runCli(['reap', '--json', '--closed-for', '0', ...words], {
      env: {
        BULK_EXPORTS_ACCOUNTS: path,
        TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
        TEMPORAL_ADDRESS: server.address,
      },
    });
    const report = lastDocument(end) as unknown as ReapReport;
    if (!Array.isArray(report.jobs)) throw new Error(`The reaper gave no report: ${end.stderr}`);
    return report;
  };
  const before = await look();
  const shown = await run(Object.keys(accounts));
  const after = await look();

  let left = Object.keys(accounts);
  let failures: string[] = [];
  for (let runs = 0; left.length > 0 && runs < MOST_RUNS; runs += 1) {
    const report = await run(left, '--delete');
    failures = report.failures.map(({ message }) => message);
    left = [...new Set(report.failures.map(({ account }) => account))];
  }
  const wereDeleted = new Set(deletedIn(after));
  return {
    before,
    after,
    orphans: orphansOf(shown),
    reaped: deletedIn(await look()).filter((jobSid) => !wereDeleted.has(jobSid)),
    failures,
  };
}

function deletedIn({ jobs }: LedgerEvidence): string[] {
  return jobs.filter(({ deletedAt }) => deletedAt !== null).map(({ jobSid }) => jobSid);
}

function orphansOf({ jobs }: ReapReport): string[] {
  return jobs.filter(({ verdict }) => verdict === 'orphan').map(({ jobSid }) => jobSid);
}

/** As a file of accounts has it. */
function namedKey(account: TwilioAccount | undefined): Record<string, string> {
  const { accountSid = '', username = '', password = '' } = account ?? {};
  return username.startsWith('SK')
    ? { accountSid, apiKey: username, apiSecret: password }
    : { accountSid, authToken: password };
}
