/** Runs several command lines of one word each, one after another, in this process: `each-command.ts WORD …`. */
import { type CliEnd, runCliHere } from './run-cli.ts';

const ends: Record<string, CliEnd> = {};
for (const word of process.argv.slice(2)) ends[word] = await runCliHere([word]);
process.stdout.write(JSON.stringify(ends));
