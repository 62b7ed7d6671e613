import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.ts';
import { switchOff } from './switch-off.ts';
import type { Fact } from './switch-off.ts';

/** Copies of the simulator and its tests, compiled, outside the repository. They go when they are let go. */
export interface ScratchCopies extends AsyncDisposable {
  copies: readonly ScratchCopy[];
}

/** One copy. It serves one fact after the other. */
export interface ScratchCopy {
  path: string;
  /** Runs the work while the behaviour of this fact, one of those that the copies were made for, is missing. */
  without: <T>(fact: Fact, work: () => Promise<T>) => Promise<T>;
}

/** The root of the repository. Nothing below it is ever written. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** All that the simulator's tests need, beside the installed packages. */
const COPIED = ['simulator', join('test', 'simulator'), 'package.json'];

/**
 * Copies what is there now. All is compiled once, the files without a behaviour too: a test starts three times
 * faster from JavaScript, and there are hundreds to start.
 *
 * @throws with every fact whose behaviour can not be switched off as it says, or is no TypeScript without it.
 */
export async function createScratchCopies(facts: readonly Fact[], count: number): Promise<ScratchCopies> {
  const scratch = await mkdtemp(join(tmpdir(), 'simulator-facts-'));
  const [source, built] = [join(scratch, 'source'), join(scratch, 'built')];
  const dispose = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    await Promise.all(COPIED.map((name) => cp(join(root, name), join(source, name), { recursive: true })));
    await writeWithout(source, facts);
    await compile({ source, built, baseConfig: join(root, 'tsconfig.json') });
    const copies = Array.from({ length: count }, (_, index) => join(scratch, `copy-${index + 1}`));
    for (const copy of copies) {
      await Promise.all(
        ['simulator', 'test'].map((name) => cp(join(built, name), join(copy, name), { recursive: true })),
      );
      await cp(join(source, 'package.json'), join(copy, 'package.json'));
      await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
    }
    return {
      copies: copies.map((path) => openCopy({ path, built, facts })),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** For each fact, its file without the behaviour. */
async function writeWithout(source: string, facts: readonly Fact[]): Promise<void> {
  await mkdir(join(source, 'without'));
  const written = await Promise.allSettled(
    facts.map(async ({ switchedOff }, index) => {
      const whole = await readFile(join(source, switchedOff.file), 'utf8');
      await writeFile(join(source, 'without', nameOf(facts, index)), switchOff(whole, switchedOff));
    }),
  );
  const faults = written.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  if (faults.length > 0) {
    throw new Error(faults.join('\n\n'));
  }
}

/** Of the file without the behaviour: what the compiler says of it names the fact. */
function nameOf(facts: readonly Fact[], index: number): string {
  return `${index} ${facts[index]?.fact.replaceAll(/[^\w ]/g, '')}.ts`;
}

function openCopy(input: { path: string; built: string; facts: readonly Fact[] }): ScratchCopy {
  const { path, built, facts } = input;
  return {
    path,
    without: async (fact, work) => {
      const file = asCompiled(fact.switchedOff.file);
      const without = join(built, 'without', asCompiled(nameOf(facts, facts.indexOf(fact))));
      await cp(without, join(path, file));
      try {
        return await work();
      } finally {
        await cp(join(built, file), join(path, file));
      }
    },
  };
}

/** What a source file is called once it is compiled. */
export function asCompiled(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
