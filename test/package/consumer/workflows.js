// A user's own workflow module: theirs, and ours beside it.
import { proxyActivities } from '@temporalio/workflow';

export { exportJob } from 'temporal-bulk-exports/workflows';

export async function greeting() {
  const { greet } = proxyActivities({ startToCloseTimeout: '1 minute' });
  return await greet();
}
