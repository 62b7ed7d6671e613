import type { FaultKind } from '../../../simulator/index.ts';

/** One thing that the service does, how to take it out of the simulator, and the test that must then fail. */
export interface Fact {
  /** In one sentence, in our own words. */
  fact: string;
  /**
   * Where it is from: Twilio's documents or specification (`D`), a real transcript, tool or bug report (`R`), our
   * inference (`I`), or what a simulator has to offer beside that (`issue`).
   */
  mark: 'D' | 'R' | 'I' | 'issue';
  /** The kind of fault, or the field of the ledger, that it is about, so that none goes without a fact. */
  about?: `fault ${FaultKind}` | `ledger ${string}`;
  /** How a copy of the simulator loses it. */
  switchedOff: Switch;
  /** The test file, from the root of the repository. */
  test: string;
  /** The whole title of the test. */
  title: string;
}

/** One change of one source file. */
export interface Switch {
  /** From the root of the repository. */
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
}

/**
 * The source without the behaviour.
 *
 * @throws where the text to be replaced does not stand there exactly once: then the table has to follow the source.
 */
export function switchOff(source: string, { file, find, replace }: Switch): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(
      `Could not switch a behaviour off [${file}]: expected this text exactly once, got it ${source.split(find).length - 1} times. Give its fact a text that stands there once:\n${find}`,
    );
  }
  return `${before}${replace}${after}`;
}
