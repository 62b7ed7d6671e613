/** How the log of a worker is written. */
export type LogFormat = 'json' | 'pretty';

/** One line of the log, before it is written. */
export interface LogLine {
  time: Date;
  level: string;
  message: string;
  /** Plain JSON by name. An `error` may have a `stack`. */
  attributes: Readonly<Record<string, unknown>>;
}

/** Writes a line of the log, with its line break. */
export function formatLogLine(line: LogLine, format: LogFormat): string {
  return `${format === 'json' ? asJson(line) : asText(line)}\n`;
}

/** One JSON object on one line. The first three stand first, and no attribute replaces them. */
function asJson({ time, level, message, attributes }: LogLine): string {
  const first = { time: time.toISOString(), level, message };
  return JSON.stringify({ ...first, ...attributes, ...first });
}

/** What a person finds in Temporal, by the workflow id, and what is the same on every line of a worker. */
const LEFT_TO_JSON = new Set(['sdkComponent', 'namespace', 'taskQueue', 'workflowType', 'activityId']);

/** Time, level and message, then `name=value`; further lines of the message, and an error, are indented below. */
function asText({ time, level, message, attributes }: LogLine): string {
  const { error, ...others } = attributes;
  const pairs = Object.entries(others)
    .filter(([name]) => !LEFT_TO_JSON.has(name))
    .map(([name, value]) => ` ${visible(name)}=${asWord(value)}`);
  const [first = '', ...more] = message.split('\n');
  const below = [...more, ...(error === undefined ? [] : errorLines(error))];
  return [
    `${time.toISOString()} ${level.padEnd(5)} ${visible(first)}${pairs.join('')}`,
    ...below.map((line) => `    ${visible(line.trim())}`),
  ].join('\n');
}

function asWord(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=\p{C}]+$/u.test(value)) return value;
  return visible(JSON.stringify(value) ?? 'undefined');
}

/** A failure of ours has no stack, and its type is what one searches for. */
function errorLines(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return String(error).split('\n');
  const { type, stack, message, cause }: Record<string, unknown> = { ...error };
  const text = [stack, message].find((known) => typeof known === 'string' && known !== '');
  if (typeof text !== 'string') return [JSON.stringify(error)];
  return [
    ...(typeof type === 'string' ? [`${type}:`] : []),
    ...text.split('\n'),
    ...(cause === undefined ? [] : ['caused by:', ...errorLines(cause)]),
  ];
}

/** What would move the cursor of a terminal, or break the line, is shown and not carried out. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
