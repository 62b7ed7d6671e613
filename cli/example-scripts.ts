import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A script for the simulator that comes with the package. */
export interface ExampleScript {
  /** Of its file, without `.json`. */
  name: string;
  /** What happens, and what a good client does. */
  description: string;
}

/** Where the package keeps them, in a checkout and where it is installed. */
export function exampleScriptsFolder(): string {
  const manifest = import.meta.resolve('temporal-bulk-exports/package.json');
  return fileURLToPath(new URL('examples/simulator-scripts', manifest));
}

/** All of them, in the order of their names. */
export async function listExampleScripts(): Promise<ExampleScript[]> {
  const names = (await readdir(exampleScriptsFolder())).map((file) => parse(file).name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const { description } = JSON.parse((await readExampleScript(name)) ?? '') as ExampleScript;
      return { name, description };
    }),
  );
}

/** The text of the one with that name, with or without `.json`; undefined where there is none. */
export async function readExampleScript(name: string): Promise<string | undefined> {
  const files = await readdir(exampleScriptsFolder());
  const file = files.find((each) => each === name || parse(each).name === name);
  return file === undefined ? undefined : readFile(join(exampleScriptsFolder(), file), 'utf8');
}
