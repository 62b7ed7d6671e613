import type { World } from './world.ts';

/** The same object, with the fields that the script nulls. */
export function withNulls(world: World, shown: Record<string, unknown>): Record<string, unknown> {
  for (const name of world.script.nullFields ?? []) {
    if (Object.hasOwn(shown, name)) {
      shown[name] = null;
    }
  }
  return shown;
}
