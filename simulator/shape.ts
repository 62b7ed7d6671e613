import { inspect } from 'node:util';

/** Checks a value from outside and reports every fault as `path must be …, got …`. */
export type Shape = (value: unknown, path: string, faults: string[]) => void;

/** A value that passes a test of its own. */
export function suchThat(expected: string, test: (value: unknown) => boolean): Shape {
  return (value, path, faults) => {
    if (!test(value)) {
      faults.push(`${path} must be ${expected}, got ${show(value)}`);
    }
  };
}

/** A whole number between two limits, both included. */
export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Shape {
  const expected =
    maximum === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${minimum}`
      : `a whole number from ${minimum} to ${maximum}`;
  return suchThat(
    expected,
    (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
  );
}

/** A number from 0 to below 1: a place that something comes behind. */
export const shareBelowOne: Shape = suchThat(
  'a number from 0 to below 1',
  (value) => typeof value === 'number' && value >= 0 && value < 1,
);

/** A number from 0 to 1. */
export const share: Shape = suchThat(
  'a number from 0 to 1',
  (value) => typeof value === 'number' && value >= 0 && value <= 1,
);

/** A text that is not empty. */
export const text: Shape = suchThat('a text', (value) => typeof value === 'string' && value !== '');

/** One of some literals. */
export function oneOf(literals: readonly (string | number)[]): Shape {
  const expected = `one of ${literals.join(', ')}`;
  return suchThat(expected, (value) => literals.some((literal) => literal === value));
}

/** A list with elements of one shape. */
export function listOf(element: Shape): Shape {
  return (value, path, faults) => {
    if (!Array.isArray(value)) {
      faults.push(`${path} must be a list, got ${show(value)}`);
      return;
    }
    value.forEach((each: unknown, index) => {
      element(each, `${path}[${index}]`, faults);
    });
  };
}

/** A list with at least one element, all of one shape: an empty one would mean nothing, or be taken for everything. */
export function someOf(element: Shape): Shape {
  return (value, path, faults) => {
    if (Array.isArray(value) && value.length === 0) {
      faults.push(`${path} must name at least one, got []`);
    }
    listOf(element)(value, path, faults);
  };
}

/** One value or a list of such values. */
export function oneOrMore(element: Shape): Shape {
  return (value, path, faults) => {
    (Array.isArray(value) ? someOf(element) : element)(value, path, faults);
  };
}

/** An object with these fields and no others. Fields named in `required` must be there. */
export function fields(shapes: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
  return (value, path, faults) => {
    if (!isRecord(value)) {
      faults.push(`${path} must be an object, got ${show(value)}`);
      return;
    }
    for (const name of required) {
      if (value[name] === undefined) {
        faults.push(`${path}.${name} must be given`);
      }
    }
    for (const [name, each] of Object.entries(value)) {
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      if (shape === undefined) {
        faults.push(`${path}.${name} is not known; known are ${Object.keys(shapes).join(', ')}`);
      } else if (each !== undefined) {
        shape(each, `${path}.${name}`, faults);
      }
    }
  };
}

/** Whether the value is an object with names, no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  const shown = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity });
  return shown.slice(0, 80);
}
