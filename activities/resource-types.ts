import type { ResourceType } from './api.ts';

/**
 * The four types, as they stand in the path of Twilio's API.
 *
 * @example
 * ```ts
 * for (const resourceType of RESOURCE_TYPES)
 *   await exports.startExport({ resourceType, startDay: '2026-10-01', endDay: '2026-10-30' });
 * ```
 */
export const RESOURCE_TYPES: readonly ResourceType[] = ['Messages', 'Calls', 'Conferences', 'Participants'];

/** Whether Twilio exports this. */
export function isResourceType(text: string): text is ResourceType {
  return RESOURCE_TYPES.some((type) => type === text);
}
