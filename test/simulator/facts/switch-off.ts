/** One thing that Twilio does, how to take it out of the simulator, and the test that must then fail. */
export interface Fact {
  /** In one sentence, in our own words. */
  fact: string;
  /**
   * Where it is from: Twilio's documents or specification (`D`), a real transcript, tool or bug report (`R`), or our
   * inference (`I`). What a simulator offers beside that has its tests, and no place here.
   */
  mark: 'D' | 'R' | 'I';
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
