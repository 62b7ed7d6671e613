import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { Command, CommanderError } from 'commander';
import { ExportError } from '../client/index.ts';
import type { Cli, Surroundings } from './cli.ts';
import { cancelCommand } from './commands/cancel.ts';
import { demoCommand } from './commands/demo.ts';
import { listCommand } from './commands/list.ts';
import { progressCommand } from './commands/progress.ts';
import { reapCommand } from './commands/reap.ts';
import { resultCommand } from './commands/result.ts';
import { setupCommand } from './commands/setup.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { webhookCommand } from './commands/webhook.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';
import { exitCodes, exitReasonOf } from './exit-codes.ts';
import { packageVersion } from './version.ts';
import { visible, visibleJson } from './visible.ts';

/**
 * Runs one command line.
 *
 * @param words without the program's own name.
 * @returns the exit code, one of {@link exitCodes}.
 */
export async function runCommandLine(words: string[], surroundings: Surroundings): Promise<number> {
  const cli: Cli = { surroundings, exitCode: exitCodes.success.code };
  const program = createProgram(cli);
  try {
    await program.parseAsync(words, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.success.code;
    const command = program.commands.find((each) => each.name() === words[0]);
    const called = command === undefined ? 'bulk-exports' : `bulk-exports ${command.name()}`;
    const message = isHelp(error) ? missingCommand(words) : messageOf(error, called);
    return reportFailure(error, { message, isJson: words.includes('--json'), surroundings });
  }
}

function createProgram(cli: Cli): Command {
  const { stdout, stderr } = cli.surroundings;
  const program = new Command('bulk-exports')
    .description('Twilio Bulk Exports as one durable Temporal workflow.')
    .version(packageVersion())
    .addHelpText('after', HELP);
  const commands = [
    startCommand,
    progressCommand,
    watchCommand,
    resultCommand,
    cancelCommand,
    listCommand,
    reapCommand,
    setupCommand,
    workerCommand,
    webhookCommand,
    simulateCommand,
    demoCommand,
  ];
  for (const createCommand of commands) program.addCommand(createCommand(cli));
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .allowExcessArguments(false)
      .configureOutput({
        writeOut: (text) => void stdout.write(text),
        writeErr: (text) => void stderr.write(text),
        // Reported once, with all other failures.
        outputError: () => {},
      });
  return program;
}

const HELP = `
Temporal is found by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
TEMPORAL_TLS_… or the profile of the temporal command line. NO_COLOR, FORCE_COLOR
and CLICOLOR_FORCE say whether there are colours; else a terminal has them.

Exit codes:
${Object.values(exitCodes)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n')}

Examples:
  bulk-exports demo
  bulk-exports start --resource-type Messages --start-day 2026-10-01 --end-day 2026-10-30 --wait
  bulk-exports progress bulk-export-Messages-2026-10-01..2026-10-30`;

function reportFailure(
  error: unknown,
  { message, isJson, surroundings }: { message: string; isJson: boolean; surroundings: Surroundings },
): number {
  const { stdout, stderr } = surroundings;
  const reason = error instanceof CommanderError ? 'usage' : exitReasonOf(error);
  stderr.write(`${visible(message, { colours: false })}\n`);
  if (isJson) {
    const found = error instanceof ExportError ? error : undefined;
    const document = {
      ...(found && { workflowId: found.workflowId }),
      error: { type: found?.type ?? reason, message },
    };
    stdout.write(`${visibleJson(document)}\n`);
  }
  return exitCodes[reason].code;
}

/** Commander has shown the help where a command had to stand. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

/** `help` itself is one of the commands: what it was asked about is none. */
function missingCommand([first, second]: string[]): string {
  const got = first === 'help' && second !== undefined ? `'${second}'` : 'none';
  return `Expected one of the commands above, got ${got}.`;
}

/** Commander says "error: …" and puts its suggestion on a line of its own. */
function messageOf(error: unknown, called: string): string {
  if (error instanceof CommanderError)
    return `${error.message
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .replace(/\.$/, '')} — see ${called} --help.`;
  const refused = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(refused)) return `Temporal refused: ${refused.details || refused.message}`;
  return error instanceof Error ? error.message : String(error);
}
