import type { BulkExportsClient, ExportHandle } from '../client/index.ts';
import type { CommandContext } from './cli.ts';

/** Each is asked for its progress every two seconds: more would be a burden, and no screen is as high. */
const MAXIMUM_WATCHED = 50;

/** Those that run now; of many the ones that started last, which is said. */
export async function runningExports(
  exports: Pick<BulkExportsClient, 'list' | 'getHandle'>,
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<ExportHandle[]> {
  const handles: ExportHandle[] = [];
  for await (const { workflowId } of exports.list({ status: 'RUNNING', limit: MAXIMUM_WATCHED + 1 }))
    handles.push(exports.getHandle(workflowId));
  if (handles.length <= MAXIMUM_WATCHED) return handles;
  terminal.say(`More than ${MAXIMUM_WATCHED} exports run: those that started last are shown.`);
  return handles.slice(0, MAXIMUM_WATCHED);
}
