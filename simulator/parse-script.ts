import { parseDays } from './calendar.ts';
import { parseDuration } from './duration.ts';
import { OPERATIONS_BY_FAULT, OPERATIONS_OF_A_DAY } from './fault-kinds.ts';
import { OPERATIONS, RESOURCE_TYPES } from './script.ts';
import type { FaultKind, FaultScript, SimulatorScript } from './script.ts';
import {
  fields,
  integer,
  isRecord,
  listOf,
  oneOf,
  oneOrMore,
  share,
  shareBelowOne,
  someOf,
  suchThat,
  text,
} from './shape.ts';
import type { Shape } from './shape.ts';

/**
 * A script that can not be played. The message names every fault.
 *
 * @example
 * ```ts
 * try {
 *   parseScript({ life: { runing: '2 minutes' } });
 * } catch (error) {
 *   if (error instanceof SimulatorScriptInvalid) console.error(error.faults);
 * }
 * ```
 */
export class SimulatorScriptInvalid extends Error {
  override readonly name = 'SimulatorScriptInvalid';
  /** A sentence each, with the place in the script. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`Could not read the simulator's script: ${faults.join('; ')}. Nothing of it is played.`);
    this.faults = faults;
  }
}

/**
 * The script in a parsed JSON document.
 *
 * @throws SimulatorScriptInvalid with every fault, unknown fields included.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * const script = parseScript(JSON.parse(await readFile('my-script.json', 'utf8')));
 * const simulator = await startSimulator({ script });
 * ```
 */
export function parseScript(json: unknown): SimulatorScript {
  const faults: string[] = [];
  scriptShape(json, 'script', faults);
  if (faults.length > 0) {
    throw new SimulatorScriptInvalid(faults);
  }
  // The shape has just proven it.
  return json as SimulatorScript;
}

/**
 * One fault rule.
 *
 * @throws SimulatorScriptInvalid with every fault of the rule.
 */
export function parseFault(json: unknown): FaultScript {
  const faults: string[] = [];
  faultShape(json, 'fault', faults);
  if (faults.length > 0) {
    throw new SimulatorScriptInvalid(faults);
  }
  return json as FaultScript;
}

/** The longest delay that a Node timer takes; a longer one would be none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Below this size a file of an exact size can not be made of whole records. */
const SMALLEST_FILE_BYTES = 2000;

const duration = suchThat(
  'a duration such as "20 minutes", or milliseconds',
  (value) => parseDuration(value) !== null,
);
const days = suchThat(
  'a day "YYYY-MM-DD" or days in a row "YYYY-MM-DD..YYYY-MM-DD"',
  (value) => typeof value === 'string' && parseDays(value) !== null,
);
const url = suchThat('an absolute URL', (value) => typeof value === 'string' && URL.canParse(value));
const resourceType = oneOf(RESOURCE_TYPES);
const ordinals = someOf(integer(1));

const statuses: Shape = (value, path, faults) => {
  someOf(fields({ status: text, for: duration }, ['status']))(value, path, faults);
  const list: unknown[] = Array.isArray(value) ? value : [];
  list.forEach((each, index) => {
    const isLast = index === list.length - 1;
    const hasDuration = isRecord(each) && each['for'] !== undefined;
    if (isRecord(each) && hasDuration === isLast) {
      faults.push(
        `${path}[${index}].for must ${isLast ? 'not be given: the last status stays' : 'be given'}`,
      );
    }
  });
};

const matchFields = {
  kind: oneOf(Object.keys(OPERATIONS_BY_FAULT)),
  operation: oneOrMore(oneOf(OPERATIONS)),
  resourceType,
  days,
  nth: oneOrMore(integer(1)),
  times: integer(1),
  rate: share,
};

const ownFields: Readonly<Partial<Record<FaultKind, Readonly<Record<string, Shape>>>>> = {
  status429: { retryAfter: integer(0) },
  carriedOutLate: { delay: duration },
  slow: { delayMs: integer(0, LONGEST_TIMER_MS) },
  truncated: { at: share },
  corrupt: { at: share },
  wrongLength: { extraBytes: integer(1) },
  stall: { at: shareBelowOne },
  resetMidBody: { at: shareBelowOne },
  foreignLink: { url },
};

const faultShape: Shape = (value, path, faults) => {
  const kind = Object.keys(OPERATIONS_BY_FAULT).find((each) => isRecord(value) && value['kind'] === each) as
    FaultKind | undefined;
  const own = (kind && ownFields[kind]) ?? {};
  const required = ['kind', ...Object.keys(own).filter((name) => ['delay', 'delayMs', 'url'].includes(name))];
  fields({ ...matchFields, ...own }, required)(value, path, faults);
  if (kind && isRecord(value)) {
    const fitting: readonly string[] = OPERATIONS_BY_FAULT[kind];
    const asked = new Set<unknown>([value['operation']].flat());
    for (const operation of OPERATIONS.filter((each) => asked.has(each))) {
      if (!fitting.includes(operation)) {
        faults.push(
          `${path}.operation must be one that ${kind} fits (${fitting.join(', ')}), got "${operation}"`,
        );
      } else if (value['days'] !== undefined && !OPERATIONS_OF_A_DAY.includes(operation)) {
        faults.push(
          `${path}.days must not be given for an operation that is about no day, got "${operation}"; ${OPERATIONS_OF_A_DAY.join(' and ')} are about one`,
        );
      }
    }
  }
};

const scriptShape: Shape = fields({
  description: text,
  life: fields({
    submitted: duration,
    running: duration,
    parallelDays: integer(1),
    errorDuringRun: duration,
    runningToBeDeleted: duration,
    jobsAhead: integer(0),
    emptyRate: share,
    errorRate: share,
    failedRate: share,
  }),
  days: listOf(
    fields({
      resourceType,
      days,
      submissions: ordinals,
      statuses,
      records: integer(0),
      sizeBytes: integer(SMALLEST_FILE_BYTES),
      file: oneOf(['records', 'emptyFile', 'zeroBytes', 'missing']),
      fileDelay: duration,
      version: integer(1),
      inDetails: oneOf(['named', 'counted', 'missing']),
    }),
  ),
  details: listOf(
    fields(
      {
        form: oneOf(['withDays', 'daysNull', 'null', 'emptyList']),
        resourceType,
        jobs: ordinals,
        from: duration,
        until: duration,
      },
      ['form'],
    ),
  ),
  webhook: fields({
    times: integer(0, 100),
    delay: duration,
    signature: oneOf(['signed', 'forged', 'none']),
    body: oneOf(['form', 'json']),
  }),
  faults: listOf(faultShape),
  deleteCompleteAnswers: oneOf([204, 404, 405]),
  nullFields: listOf(text),
  errorBodies: oneOf(['whole', 'bare']),
  emails: oneOf(['sent', 'never']),
  concurrentRequests: integer(1),
  store: fields({
    etag: oneOf(['strong', 'weak', 'none']),
    ranges: oneOf(['honoured', 'ignored']),
    contentEncoding: oneOf(['gzip']),
  }),
});
