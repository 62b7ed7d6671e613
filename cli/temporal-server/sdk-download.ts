/** Run as a program of its own: `sdk-download (createLocal|createTimeSkipping) VERSION DIRECTORY`. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [environment, version, downloadDir] = process.argv.slice(2);
try {
  // The SDK downloads as a part of starting a server, so one is started and ended.
  const executable = { type: 'cached-download', version, downloadDir } as const;
  const started =
    environment === 'createLocal'
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await started.teardown();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
