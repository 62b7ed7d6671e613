import { refusal } from './answer.ts';
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
  /** Null where the body is too large to be a form. */
  form: URLSearchParams | null;
}

/** Answers a request to the simulator itself, which needs no credentials; null for one to the API. */
export function answerControl(world: World, { method, path, form }: ControlRequest): Answer | null {
  if (!path.startsWith(CONTROL_ROOT)) {
    return null;
  }
  switch (`${method} ${path.slice(CONTROL_ROOT.length)}`) {
    case 'GET ledger':
      return { status: 200, body: readLedger(world) };
    case 'GET clock':
      return showClock(world);
    case 'POST clock':
      return moveClock(world, form?.get('advance') ?? null);
    default:
      return refusal(
        404,
        `The simulator has GET ${CONTROL_ROOT}ledger, GET ${CONTROL_ROOT}clock and POST ${CONTROL_ROOT}clock, got ${method} ${path}`,
      );
  }
}

function showClock({ clock }: World): Answer {
  return { status: 200, body: { now: new Date(clock.now()).toISOString(), speed: clock.speed } };
}

/** A number is milliseconds, as in a script. */
function moveClock(world: World, advance: string | null): Answer {
  const { clock } = world;
  if (clock.speed !== 0) {
    return refusal(
      409,
      `The clock moves by itself, ${clock.speed} times as fast as ours: start the simulator with --speed 0, or with clock: {kind: "manual"}, to move it by hand`,
    );
  }
  const ms = parseDuration(/^\d+$/.test(advance ?? '') ? Number(advance) : advance);
  if (ms === null) {
    return refusal(
      400,
      `advance must be a duration such as "2 hours", or milliseconds, got ${JSON.stringify(advance)}`,
    );
  }
  clock.advance(ms);
  return showClock(world);
}
