// A user's own program, beside the installed package: one export each by the plugin's default path, by a
// re-export beside the user's own workflow, and by a bundle made beforehand. Prints one JSON line.
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { BulkExportsClient } from 'temporal-bulk-exports/client';
import { startSimulator } from 'temporal-bulk-exports/simulator';
import { BulkExportsPlugin } from 'temporal-bulk-exports/worker';

const [address, folderUrl, day] = process.argv.slice(2);
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, shutdownSignals: [] });

const simulator = await startSimulator({ script: { life: { submitted: 0, running: 0 } } });
const { accountSid, authToken } = simulator;
const plugin = new BulkExportsPlugin({
  accounts: { default: { accountSid, username: accountSid, password: authToken } },
  destinations: { default: folderUrl },
  twilioUrl: simulator.apiUrl,
});
const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }) });
const workflowsPath = fileURLToPath(new URL('workflows.js', import.meta.url));
const greet = async () => 'hello from the own activity';

const ways = {
  defaultPath: {},
  reExport: { workflowsPath, activities: { greet } },
  bundle: {
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger, plugins: [plugin] }),
    activities: { greet },
  },
};
const results = {};
for (const [taskQueue, options] of Object.entries(ways)) {
  const worker = await Worker.create({ connection, taskQueue, plugins: [plugin], ...options });
  results[taskQueue] = await worker.runUntil(exportAndGreet(taskQueue, 'activities' in options));
}
console.log(JSON.stringify(results));

await client.connection.close();
await connection.close();
await simulator.stop();

async function exportAndGreet(taskQueue, isOwnWorkflowThere) {
  const handle = await new BulkExportsClient({ client, taskQueue }).startExport(
    { resourceType: 'Messages', startDay: day, endDay: day, poll: { minimumInterval: '1 second' } },
    { workflowId: taskQueue },
  );
  const { outcome, totals } = await handle.result();
  if (!isOwnWorkflowThere) return { outcome, downloaded: totals.downloaded };
  const greeting = await client.workflow.execute('greeting', { taskQueue, workflowId: `greet-${taskQueue}` });
  return { outcome, downloaded: totals.downloaded, greeting };
}
