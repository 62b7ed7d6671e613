import { readFile } from 'node:fs/promises';
import type { SimulatorScript } from '../simulator/index.ts';
import { readExampleScript } from './example-scripts.ts';
import { CommandError } from './exit-codes.ts';

/**
 * The script in a file, or, where no file has that path, in the example of that name.
 *
 * @throws CommandError `usage`, in one line, with every fault of the script.
 */
export async function readScript(path: string): Promise<SimulatorScript> {
  const { parseScript } = await import('../simulator/index.ts');
  try {
    return parseScript(parseJson(await readText(path)));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
    throw new CommandError('usage', `The script can not be used [${path}]: ${reason}`, error);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new Error('it must be a JSON file, got a folder.', { cause: error });
    if (code !== 'ENOENT') throw error;
    const example = await readExampleScript(path);
    if (example !== undefined) return example;
    throw new Error(
      'there is no such file, and no example has that name; bulk-exports simulate --examples lists them.',
      { cause: error },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    // Some editors put a mark of the byte order at the start.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`it must be JSON: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
