/** Histories that were recorded once, and the workflow that has to replay them. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { type History, historyOf, type JsonEvent } from './history-json.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder for each released version, and one for what is not released. */
export const HISTORIES = join(root, 'test', 'histories');

/** The folder of which all is recorded anew when the workflow's commands change. */
export const UNRELEASED = 'unreleased';

/** The folders of histories, by their names, and whatever else lies there. */
export async function recordedVersions(): Promise<string[]> {
  return (await readdir(HISTORIES)).toSorted();
}

/** The histories of one version, by the names of their stories; none where it is no folder. */
export async function recordedHistories(version: string): Promise<Map<string, History>> {
  const names = await readdir(join(HISTORIES, version)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error;
    return [];
  });
  const files = names.filter((name) => name.endsWith('.json'));
  return new Map(
    await Promise.all(
      files.map(async (file): Promise<[string, History]> => {
        const text = await readFile(join(HISTORIES, version, file), 'utf8');
        const { events } = JSON.parse(text) as { events: JsonEvent[] };
        return [file.slice(0, -'.json'.length), historyOf(events)];
      }),
    ),
  );
}

/** Replays each history, and gives its fault; undefined where there is none. */
export async function replay(
  workflowBundle: WorkflowBundleOption,
  histories: ReadonlyMap<string, History>,
): Promise<Map<string, Error | undefined>> {
  const faults = new Map<string, Error | undefined>();
  const named = [...histories].map(([workflowId, history]) => ({ workflowId, history }));
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, named))
    faults.set(workflowId, error);
  return faults;
}

/** A change of one file of the workflows. */
export interface WorkflowChange {
  file: string;
  found: string | RegExp;
  /** In its place. */
  changed: string;
  /** Put before the file. */
  imports?: string;
}

/**
 * A bundle with one change, made in its text: for what stands there as it does in the file, such as strings, numbers
 * and code that names nothing of other files. It takes no time; to make a bundle takes seconds of computing.
 */
export async function changedInText(
  bundle: WorkflowBundleOption,
  { file, found, changed }: WorkflowChange,
): Promise<WorkflowBundleOption> {
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  const from = code.indexOf(`/workflows/${file}"\n`);
  const to = code.indexOf('\n/***/ "', from);
  const after = code.slice(from, to).replace(found, changed);
  assert.notEqual(after, code.slice(from, to), `expected workflows/${file} in the bundle to have ${found}`);
  return { code: code.slice(0, from) + after + code.slice(to) };
}

/** The bundle of a copy of the workflows with these changes. */
export async function bundleWithChanges(...changes: WorkflowChange[]): Promise<WorkflowBundleOption> {
  const copy = await mkdtemp(join(tmpdir(), 'changed-'));
  try {
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await cp(join(root, 'workflows'), join(copy, 'workflows'), { recursive: true });
    for (const { file, found, changed, imports = '' } of changes) {
      const path = join(copy, 'workflows', file);
      const text = await readFile(path, 'utf8');
      const after = text.replace(found, changed);
      assert.notEqual(after, text, `expected workflows/${file} to have ${found}`);
      await writeFile(path, imports + after);
    }
    return await bundleWorkflowCode({
      workflowsPath: join(copy, 'workflows'),
      logger: new DefaultLogger('ERROR'),
    });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
