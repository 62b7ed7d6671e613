import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExpectedFile, ExpectedFileInput } from '../simulator/index.ts';
import type { ServerMessage, ServerPlace, ServerQuestion, ServerUse } from './measured-server.ts';

/** A server in a process of its own, whose use of memory and time can be asked for. */
export interface MeasuredServer extends ServerPlace {
  use: () => Promise<ServerUse>;
  /** What the simulator itself says of a file. */
  expectedFile: (of: ExpectedFileInput) => Promise<ExpectedFile | null>;
  stop: () => Promise<void>;
}

/** Starts a server and returns when it listens. The arguments are those of `measured-server.ts`. */
export async function startMeasuredServer(
  kind: 'bare' | 'simulator',
  ...settings: string[]
): Promise<MeasuredServer> {
  const child = fork(fileURLToPath(new URL('measured-server.ts', import.meta.url)), [kind, ...settings], {
    execArgv: ['--import', 'tsx'],
  });
  const ended = once(child, 'exit');
  const answer = async <K extends ServerMessage['kind']>(
    expected: K,
  ): Promise<Extract<ServerMessage, { kind: K }>> => {
    const [message] = await Promise.race([
      once(child, 'message') as Promise<[ServerMessage]>,
      ended.then(() => {
        throw new Error(`The server has ended before its time [${kind}].`);
      }),
    ]);
    if (message.kind !== expected) {
      throw new Error(`Expected a message of kind ${expected}, got ${message.kind} [${kind}].`);
    }
    return message as Extract<ServerMessage, { kind: K }>;
  };
  const ask = (question: ServerQuestion) => void child.send(question);
  const { place } = await answer('ready');
  return {
    ...place,
    use: async () => {
      ask({ ask: 'use' });
      return (await answer('use')).use;
    },
    expectedFile: async (of) => {
      ask({ ask: 'expectedFile', of });
      return (await answer('expectedFile')).file;
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}

/** The value of the Authorization header for a server's account. */
export function basic({ accountSid, authToken }: ServerPlace): string {
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
}
