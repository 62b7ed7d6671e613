import { setMaxListeners } from 'node:events';
import { createAccount } from './accounts.ts';
import type { ExpectedFile, ExpectedFileInput, Simulator, SimulatorOptions } from './api.ts';
import { answerApiRequest } from './api-server.ts';
import { createClock } from './clock.ts';
import { currentFile, plannedFile } from './day-files.ts';
import { createFaults } from './faults.ts';
import { sha256Of } from './file-bytes.ts';
import { createLedgerCounts } from './ledger.ts';
import { listen } from './listen.ts';
import { resolveOptions } from './options.ts';
import { parseFault, parseScript } from './parse-script.ts';
import { hexOf } from './random.ts';
import { readLedger } from './read-ledger.ts';
import { answerStoreRequest } from './store-server.ts';
import type { World } from './world.ts';

/**
 * Starts the Bulk Exports API and its file store on two ports of the loopback address.
 *
 * @throws for options or a script that can not be used, and for a port that is taken.
 *
 * @example
 * ```ts
 * const simulator = await startSimulator({ clock: { kind: 'faster', speed: 600 } });
 * // … the client under test uses simulator.apiUrl, accountSid and authToken
 * await simulator.stop();
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options);
  const stopping = new AbortController();
  // Every slow answer and every webhook under way listens to it: many at once are no leak.
  setMaxListeners(0, stopping.signal);
  const counts = createLedgerCounts();
  const faults = createFaults(resolved.seed, counts);
  const numbers = new Map<string, number>();
  const world: World = {
    clock: createClock(resolved.clock),
    seed: resolved.seed,
    script: resolved.script,
    limits: resolved,
    accounts: resolved.credentials.map(createAccount),
    quotaUsed: {},
    counts,
    faults,
    links: new Map(),
    accessKeyId: `SIMULATED${hexOf(11, resolved.seed)}`,
    urls: { api: '', store: '' },
    stopping: stopping.signal,
    nextNumber: (kind) => {
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      return number;
    },
  };
  faults.replace(resolved.script.faults ?? []);
  const api = await listen(resolved.port, (request, response) => answerApiRequest(world, request, response));
  const store = await listen(resolved.storePort, (request, response) =>
    answerStoreRequest(world, request, response),
  ).catch(async (error: unknown) => {
    await api.close();
    throw error;
  });
  world.urls = { api: api.url, store: store.url };
  const [{ accountSid, authToken }] = resolved.credentials;
  return {
    apiUrl: api.url,
    storeUrl: store.url,
    accountSid,
    authToken,
    clock: { now: world.clock.now, advance: world.clock.advance },
    faults: { add: (fault) => faults.add(parseFault(fault)), clear: faults.clear },
    setScript: (script) => {
      world.script = parseScript(script);
      faults.replace(world.script.faults ?? []);
    },
    ledger: () => readLedger(world),
    expectedFile: (input) => expectFile(world, input),
    stop: async () => {
      stopping.abort();
      world.clock.stop();
      await Promise.all([api.close(), store.close()]);
    },
  };
}

function expectFile(world: World, input: ExpectedFileInput): ExpectedFile | null {
  const { resourceType, day, accountSid, submission = 1 } = input;
  world.clock.settle();
  const account = world.accounts.find((each) => each.accountSid === (accountSid ?? each.accountSid));
  if (account === undefined) {
    throw new Error(
      `Could not tell what file to expect [${resourceType} ${day}]: no account ${accountSid} was given to the simulator.`,
    );
  }
  const file =
    currentFile(world, account, input)?.bytes ??
    plannedFile(world, account, { resourceType, day, submission });
  return file && { sizeBytes: file.sizeBytes, records: file.records, sha256: sha256Of(file) };
}
