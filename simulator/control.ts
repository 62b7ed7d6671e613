import type { Answer } from './answer.ts';
import { parseDuration } from './duration.ts';
import { readLedger } from './read-ledger.ts';
import type { World } from './world.ts';

/** Where people, and tests in other processes, read the simulator and move its clock. */
const CONTROL_ROOT = '/_simulator/';

/** A request as the controls see it. */
export interface ControlRequest {
  method: string;
  path: string;
  /** Null where it is too large. */
  body: string | null;
}

/** Answers a request to the simulator itself, which needs no credentials; null for one to the API. */
export function answerControl(world: World, { method, path, body }: ControlRequest): Answer | null {
  if (!path.startsWith(CONTROL_ROOT)) {
    return null;
  }
  switch (`${method} ${path.slice(CONTROL_ROOT.length)}`) {
    case 'GET ledger':
      return { status: 200, body: readLedger(world) };
    case 'GET clock':
      return showClock(world);
    case 'POST clock':
      return moveClock(world, body);
    default:
      return refuse(
        404,
        `The simulator has GET ${CONTROL_ROOT}ledger, GET ${CONTROL_ROOT}clock and POST ${CONTROL_ROOT}clock, got ${method} ${path}`,
      );
  }
}

function showClock({ clock }: World): Answer {
  return { status: 200, body: { now: new Date(clock.now()).toISOString(), speed: clock.speed } };
}

function moveClock(world: World, body: string | null): Answer {
  const { clock } = world;
  if (clock.speed !== 0) {
    return refuse(
      409,
      `The clock moves by itself, ${clock.speed} times as fast as ours: start the simulator with --speed 0, or with clock: {kind: "manual"}, to move it by hand`,
    );
  }
  const given = new URLSearchParams(body ?? '').get('advance') ?? readJson(body ?? '')?.['advance'];
  if (given === undefined) {
    return refuse(
      400,
      `advance must be in the body, as a form (advance=2 hours) or as JSON ({"advance": "2 hours"}), got ${describeBody(body)}`,
    );
  }
  // A number is milliseconds, as in a script.
  const advance = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  const ms = parseDuration(advance);
  if (ms === null) {
    const limit = isTooLong(advance) ? ', at most a century' : '';
    return refuse(
      400,
      `advance must be a duration such as "2 hours", or milliseconds${limit}, got ${JSON.stringify(given)}`,
    );
  }
  try {
    clock.advance(ms);
  } catch (error) {
    return refuse(400, (error as Error).message);
  }
  return showClock(world);
}

/** The object that a body of JSON holds. */
function readJson(body: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' ? (json as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function describeBody(body: string | null): string {
  if (body === null) {
    return 'a body that is too large';
  }
  if (body === '') {
    return 'an empty body';
  }
  if (/^\s*[[{]/.test(body)) {
    return 'JSON without it';
  }
  return /content-disposition/i.test(body) ? 'a multipart body' : 'a body without it';
}

/** Whether it would be a duration if it were shorter. */
function isTooLong(advance: unknown): boolean {
  return typeof advance === 'string'
    ? parseDuration(advance.replace(/\d+(?:\.\d+)?/, '0')) !== null
    : Number(advance) > 0;
}

/** Not in Twilio's form, since it is not Twilio who speaks. */
function refuse(status: number, message: string): Answer {
  return { status, body: { status, message } };
}
