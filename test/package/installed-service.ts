/** The example service, built and run in a project of its own beside the installed package. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackage, readManifest } from './install-package.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/service', import.meta.url));

/** What answered a request. */
export interface ServiceAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** A service that listens. */
export interface InstalledService {
  ask: (method: string, path: string, body?: unknown) => Promise<ServiceAnswer>;
  /** What it has logged so far. */
  said: () => string;
  /** Ends it by SIGTERM. Gives its exit code. */
  stop: () => Promise<number | null>;
  kill: () => void;
}

/** Installs what its `package.json` asks for and what the package asks of it, and builds it as it says. */
export async function buildService(project: string, tarball: string): Promise<void> {
  await cp(EXAMPLE, project, { recursive: true });
  const own = await readManifest(project);
  const { dependencies, peerDependencies, peerDependenciesMeta } = await readManifest();
  const { 'temporal-bulk-exports': _, ...others } = { ...own.dependencies, ...own.devDependencies };
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  const names = [...Object.keys(dependencies), ...peers, ...Object.keys(others)];
  await installPackage(project, tarball, [...new Set(names)]);
  await promisify(execFile)('npm', ['run', 'build'], {
    cwd: project,
    env: { ...process.env, PATH: `${join(project, 'node_modules/typescript/bin')}:${process.env['PATH']}` },
  });
}

/** A port on which nobody listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts it. Of the own environment it sees `PATH` and `HOME` alone. */
export async function startService(
  project: string,
  variables: Record<string, string>,
): Promise<InstalledService> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['dist/service.js'], {
    cwd: project,
    env: { PATH, HOME, ...variables },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(child, 'close') as Promise<[exitCode: number | null]>;
  const address = async (): Promise<string> => {
    for (;;) {
      const [, found] = /listens on (\S+)\n/.exec(said) ?? [];
      if (found !== undefined) return found;
      const isThere = await Promise.race([once(child.stderr, 'data'), ended.then(() => null)]);
      if (isThere === null) throw new Error(`The service has ended before it listened: ${said}`);
    }
  };
  const url = await address();
  return {
    ask: async (method, path, body) => {
      const response = await fetch(`${url}${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM');
      const [exitCode] = await ended;
      return exitCode;
    },
    kill: () => child.kill('SIGKILL'),
  };
}
