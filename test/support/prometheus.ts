/** Debian's Prometheus, for the tests of the alert rules. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

/** The rules that the package brings. */
export const ALERT_RULES = fileURLToPath(new URL('../../docs/alerts.yml', import.meta.url));

/**
 * Why the tests that need Prometheus are skipped; false where they are not. In CI they are never: there its absence fails
 * them.
 */
export function withoutPrometheus(): string | false {
  if (process.env['CI'] === 'true') return false;
  try {
    for (const program of ['prometheus', 'promtool'])
      execFileSync(program, ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return "there is no prometheus and promtool on the PATH: install Debian's package prometheus, or see .ci/run";
  }
}

/** A Prometheus that runs, and forgets all when it ends. */
export interface Prometheus {
  /** The names of the alerts that have fired at any time so far. */
  fired: () => Promise<string[]>;
  /** The names of those that fire now. */
  firing: () => Promise<string[]>;
  /** The last value of an instant query; null where it gives none. */
  ask: (query: string) => Promise<number | null>;
  stop: () => Promise<void>;
}

/** For Prometheus a moment is so many of ours: an hour of the rules is 12 seconds. */
const HASTE = 300;

/** Starts one that scrapes `target` as the job `bulk-exports`, with the package's rules, {@link HASTE} times faster. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  await writeFile(join(folder, 'rules.yml'), hasten(await readFile(ALERT_RULES, 'utf8')));
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'bulk-exports', static_configs: [{ targets: [target] }] }],
    }),
  );
  const args = ['--config.file', '--storage.tsdb.path', '--web.listen-address', '--log.level'];
  const values = [join(folder, 'prometheus.yml'), join(folder, 'tsdb'), `127.0.0.1:${port}`, 'error'];
  const child = spawn(
    'prometheus',
    args.map((arg, index) => `${arg}=${values[index]}`),
    { stdio: 'ignore' },
  );
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => {});

  const ask = async (query: string): Promise<Answer[]> => {
    const body = new URLSearchParams({ query });
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query`, { method: 'POST', body });
    const { result } = ((await response.json()) as { data: { result: Answer[] } }).data;
    return result;
  };
  const alerts = async (query: string): Promise<string[]> =>
    (await ask(query)).map(({ metric }) => metric['alertname'] ?? '');
  const isUp = async (): Promise<boolean> => (await ask('up == 1').catch(() => [])).length > 0;
  while (!(await Promise.race([isUp(), failed]))) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with exit code ${child.exitCode}`);
    await pause(50);
  }
  return {
    ask: async (query) => {
      const [first] = await ask(query);
      return first ? Number(first.value[1]) : null;
    },
    fired: () => alerts('group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))'),
    firing: () => alerts('group by (alertname) (ALERTS{alertstate="firing"})'),
    stop: () => end(child, folder),
  };
}

interface Answer {
  metric: Record<string, string>;
  value: [number, string];
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  await rm(folder, { recursive: true, force: true });
}

const SECONDS: Record<string, number> = { m: 60, h: 3_600, d: 86_400 };

/** Every duration of the rules, divided. */
function hasten(rules: string): string {
  return rules.replaceAll(
    /(?<=\[|for: )(\d+)([mhd])\b/g,
    (_, count: string, unit: string) => `${(Number(count) * (SECONDS[unit] ?? 0) * 1_000) / HASTE}ms`,
  );
}
