/**
 * A worker process that stops before or after an activity where it is told to, so that it can be killed right there.
 * It is told what to run by the first message of its parent, and ends when its parent does.
 */
import { setInterval } from 'node:timers/promises';
import type { Context } from '@temporalio/activity';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { ExportActivities } from '../../../activities/index.ts';
import { paceOfActivities } from '../../chaos/pace.ts';
import { runWhenTold, type ToldWorkerOptions } from '../../chaos/told-worker.ts';

/** What a worker is told. */
export interface KillableWorkerOptions extends ToldWorkerOptions {
  stops: Stop[];
}

/** Where an account's first call of an activity stops: before its first line, or with its result not yet reported. */
export interface Stop {
  account: string;
  activity: keyof ExportActivities;
  when: 'before' | 'after';
}

/** From worker to parent. */
export type KillableWorkerMessage = { kind: 'ready' } | { kind: 'stopped'; stop: Stop };

/** Long enough on a busy machine for a test to see that a successor waits. */
const SETTLE_MS = 5_000;

/** What is held for a while by the test must not be given up by the worker meanwhile. */
const PATIENCE_MS = 60_000;

runWhenTold(({ stops }: KillableWorkerOptions) => ({
  logger: new DefaultLogger('ERROR'),
  exporting: {
    settings: {
      ...paceOfActivities,
      settleMs: SETTLE_MS,
      requestTimeoutMs: PATIENCE_MS,
      stallMs: PATIENCE_MS,
    },
  },
  interceptors: { activity: [(context) => ({ inbound: stopping(context, stops) })] },
  onReady: () => tell({ kind: 'ready' }),
}));

function stopping(context: Context, stops: readonly Stop[]): ActivityInboundCallsInterceptor {
  return {
    execute: async (input, next) => {
      const [{ account } = { account: '' }] = input.args as { account: string }[];
      const own = stops.filter(
        (stop) => stop.account === account && stop.activity === context.info.activityType,
      );
      await stopAt(
        own.find(({ when }) => when === 'before'),
        context,
      );
      const result = await next(input);
      await stopAt(
        own.find(({ when }) => when === 'after'),
        context,
      );
      return result;
    },
  };
}

/** Never returns, and beats, so that the engine does not take it for lost. */
async function stopAt(stop: Stop | undefined, context: Context): Promise<void> {
  if (stop === undefined) return;
  tell({ kind: 'stopped', stop });
  for await (const _ of setInterval(500)) context.heartbeat();
}

function tell(message: KillableWorkerMessage): void {
  process.send?.(message);
}
