/** The options of `start` and the input that they make. */
import type { Command } from 'commander';
import { InvalidInputError } from '../client/index.ts';
import type { CommandOptions } from './cli.ts';
import { CommandError } from './exit-codes.ts';

/** Adds the options of an export to a command. The first ones are named as Twilio's own. */
export function withInputOptions(command: Command): Command {
  for (const each of inputOptions) command.option(each.option, [each.help, ...notesOf(each)].join(' '));
  return command;
}

/** The input of the options: unchecked, so that the one check names every fault at once. */
export function readStartInput(options: CommandOptions): object {
  const input: Record<string, unknown> = {};
  for (const { field, option, read } of inputOptions) {
    const name = optionKey(option);
    const value = options.has(name) ? true : options.text(name);
    if (value === undefined) continue;
    const [first = field, second] = field.split('.');
    const parsed = value === true ? read === 'yes' : read === 'number' ? readNumber(value) : value;
    input[first] =
      second === undefined ? parsed : { ...(input[first] as object | undefined), [second]: parsed };
  }
  return input;
}

/** The same refusal with the names of the options instead of those of the fields. */
export function asUsageError(error: unknown): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const faults = error.faults.map(withOptionNames);
  return new CommandError('usage', `Nothing was started: ${faults.join('; ')}.`, error);
}

interface InputOption {
  /** Of the input; a dot leads into an object. */
  field: string;
  option: string;
  help: string;
  /** What is taken without the option, where the help does not say it already. */
  fallback?: string;
  /** What the option's presence or its text means. Default: the text itself. */
  read?: 'number' | 'yes' | 'no';
}

function notesOf({ field, fallback }: InputOption): string[] {
  const notes = [...(field.includes('.') ? [field] : []), ...(fallback ? [`default: ${fallback}`] : [])];
  return notes.length > 0 ? [`(${notes.join('; ')})`] : [];
}

const inputOptions: InputOption[] = [
  {
    field: 'resourceType',
    option: '--resource-type <type>',
    help: 'required: Messages, Calls, Conferences or Participants',
  },
  { field: 'startDay', option: '--start-day <day>', help: 'required: the first day, YYYY-MM-DD (UTC)' },
  {
    field: 'endDay',
    option: '--end-day <day>',
    help: 'required: the last day, included; at least two days before today (UTC)',
  },
  { field: 'friendlyName', option: '--friendly-name <name>', help: 'the name of the job at Twilio' },
  { field: 'webhook.url', option: '--webhook-url <url>', help: 'called by Twilio when a job is over' },
  { field: 'webhook.method', option: '--webhook-method <method>', help: 'GET or POST' },
  { field: 'email', option: '--email <address>', help: 'told by Twilio when a job is over' },
  {
    field: 'account',
    option: '--account <name>',
    help: 'an account that the worker knows',
    fallback: 'default',
  },
  {
    field: 'destination',
    option: '--destination <name>',
    help: 'a destination that the worker knows',
    fallback: 'default',
  },
  {
    field: 'reuse',
    option: '--reuse <which>',
    help: 'days that are there already: published, available (also at Twilio) or never',
    fallback: 'published',
  },
  {
    field: 'maxConcurrentDownloads',
    option: '--max-concurrent-downloads <count>',
    help: 'days fetched at a time',
    fallback: '4',
    read: 'number',
  },
  { field: 'deleteJob', option: '--keep-job', help: 'leave the jobs at Twilio', read: 'no' },
  {
    field: 'resubmit.maximumAttempts',
    option: '--maximum-attempts <count>',
    help: 'submissions of one day at the most',
    fallback: '3',
    read: 'number',
  },
  {
    field: 'resubmit.cooldown',
    option: '--cooldown <duration>',
    help: 'before a failed day goes out again',
    fallback: '10 minutes',
  },
  {
    field: 'poll.minimumInterval',
    option: '--minimum-interval <duration>',
    help: 'between two looks',
    fallback: '10 seconds',
  },
  {
    field: 'poll.maximumInterval',
    option: '--maximum-interval <duration>',
    help: 'between two looks',
    fallback: '15 minutes',
  },
  {
    field: 'errorPatience',
    option: '--error-patience <duration>',
    help: 'how long a day may stay in ErrorDuringRun',
    fallback: '24 hours',
  },
  { field: 'timeout', option: '--timeout <duration>', help: 'for the whole export', fallback: '14 days' },
  {
    field: 'allowIncomplete',
    option: '--allow-incomplete',
    help: 'complete with the days that could be had',
    read: 'yes',
  },
  {
    field: 'foreignFiles',
    option: '--foreign-files <policy>',
    help: 'accept or refuse: files that other jobs at Twilio have made',
    fallback: 'accept',
  },
];

/**
 * A fault begins with a field, and may name others. What is in quotation marks is what the caller typed. A field such
 * as `email` or `timeout` is a word like any other behind the beginning.
 */
function withOptionNames(fault: string): string {
  return fault.replaceAll(/"(?:[^"\\]|\\.)*(?:"|…|$)|[\w.]*\w/g, (word: string, offset: number) => {
    const named = inputOptions.find(({ field }) => field === word);
    return named && (offset === 0 || /[A-Z.]/.test(word)) ? `--${longName(named.option)}` : word;
  });
}

function longName(option: string): string {
  return option.replace(/ .*$/, '').slice('--'.length);
}

/** Commander keeps `--start-day` as `startDay`. */
function optionKey(option: string): string {
  return longName(option).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** What is no number stays as it was typed: the check shows it. */
function readNumber(value: string): number | string {
  return /^\d+$/.test(value) ? Number(value) : value;
}
