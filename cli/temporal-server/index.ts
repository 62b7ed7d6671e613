export { findTemporalServer, findTestServer } from './find-server.ts';
export type { FetchServer, FindServerOptions } from './find-server.ts';
