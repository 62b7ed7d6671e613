/** What worker/ takes from here. It is no export of the package: the contract is, and both sides need that alone. */
export { createExportsByNexus } from './exports-by-nexus.ts';
