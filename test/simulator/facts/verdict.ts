/** What a test said of a simulator without the behaviour. Only `red` is good. */
export type Verdict =
  /** An assertion of the test failed. */
  | 'red'
  /** The test passed all the same: it does not show the fact. */
  | 'green'
  /** The test failed, and by no assertion: anything may have gone wrong. */
  | 'broken'
  /** The test came to no end in its time. */
  | 'hung'
  /** No test of that title ran: the file did not load, or the title is another one. */
  | 'not run';

/** One run of a test file, with Node's TAP reporter. */
export interface TestRun {
  tap: string;
  /** What the process said beside, as when a file does not load. */
  errors: string;
  /** Whether it was ended from outside, since its time was over. */
  isTimedOut: boolean;
}

/** What the test of this title said, and its words. */
export function judge(
  { tap, errors, isTimedOut }: TestRun,
  title: string,
): { verdict: Verdict; reason: string } {
  const result = resultOf(tap, title);
  if (result === null) {
    return { verdict: isTimedOut ? 'hung' : 'not run', reason: errors };
  }
  const { isPassed, diagnostics: reason } = result;
  if (isPassed) {
    return { verdict: 'green', reason };
  }
  if (/^ {2}failureType: '(testTimeoutFailure|cancelledByParent)'$/m.test(reason)) {
    return { verdict: 'hung', reason };
  }
  return { verdict: /^ {2}code: 'ERR_ASSERTION'$/m.test(reason) ? 'red' : 'broken', reason };
}

function resultOf(tap: string, title: string): { isPassed: boolean; diagnostics: string } | null {
  const point = new RegExp(`^(not )?ok \\d+ - ${asTapPattern(title)}$`, 'm').exec(tap);
  if (point === null) {
    return null;
  }
  const rest = tap.slice(point.index + point[0].length + 1);
  const [diagnostics = ''] = rest.startsWith('  ---\n') ? rest.split('\n  ...\n') : [];
  return { isPassed: point[1] === undefined, diagnostics };
}

/** A title as it stands in TAP, as a pattern. TAP writes `#` and `\` with a backslash before it. */
function asTapPattern(title: string): string {
  return asPattern(title.replaceAll(/[#\\]/g, String.raw`\$&`));
}

/** A pattern that matches this text alone. */
export function asPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
