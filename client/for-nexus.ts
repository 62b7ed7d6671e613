/** What nexus/ takes from here beside `index.ts`: it starts exports as the client does. It is no export of the package. */
export { checkExportInput } from './check-input.ts';
export type { CheckedInput } from './check-input.ts';
export { InvalidInputError } from './export-errors.ts';
export { differencesTo } from './input-difference.ts';
export { readStartInput } from './start-input.ts';
export { describeAtStart, startWithKnownAttributes } from './start-options.ts';
