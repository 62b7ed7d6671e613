import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startS3, storageUrl } from '../activities/s3-rig.ts';
import { findDuckdbHttpfs } from '../support/find-duckdb-httpfs.ts';
import { S3_ENVIRONMENT } from '../support/s3-server.ts';
import type { S3Server } from '../support/s3-server.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { quickExport, withRealParts } from './real-parts.ts';

describe('a destination that DuckDB reads', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  let server: S3Server;
  let duckdb: DuckDBConnection;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
    [env, server, duckdb] = await Promise.all([
      createDevServerEnv(),
      startS3(),
      DuckDBInstance.create(':memory:').then((instance) => instance.connect()),
    ]);
    // DuckDB knows an extension by the name of its file.
    const extension = join(folder, 'httpfs.duckdb_extension');
    await symlink(await findDuckdbHttpfs({ say: (line) => process.stderr.write(`${line}\n`) }), extension);
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = S3_ENVIRONMENT;
    const { host } = new URL(server.endpoint);
    await duckdb.run(`LOAD '${extension}'`);
    await duckdb.run(
      `CREATE SECRET (TYPE s3, KEY_ID '${id}', SECRET '${secret}', REGION 'us-east-1', ` +
        `ENDPOINT '${host}', URL_STYLE 'path', USE_SSL false)`,
    );
  });
  after(async () => {
    duckdb.closeSync();
    await Promise.all([env.teardown(), server.close(), rm(folder, { recursive: true, force: true })]);
  });

  const script = {
    life: { submitted: 0, running: 0 },
    days: [{ sizeBytes: 50_000 }, { days: quickExport(5).startDay, file: 'emptyFile' as const }],
  };

  for (const destination of ['disk', 'lake'] as const) {
    it(`holds what its manifests say, in a ${destination}`, async () => {
      const lake = storageUrl({ ...server, prefix: 'lake' });
      await withRealParts(
        env,
        { simulator: { script }, destinations: (root) => ({ disk: `file:${root}/disk`, lake }) },
        async ({ exports, root }) => {
          const place = destination === 'disk' ? join(root, 'disk') : 's3://exports/lake';
          for (const resourceType of ['Messages', 'Calls'] as const) {
            const handle = await exports.startExport(quickExport(5, { resourceType, destination }));
            assert.equal((await handle.result()).outcome, 'complete');
          }
          // As README has them.
          const stored = await rowsOf(
            `SELECT type, day::VARCHAR AS day, count(*) AS records
             FROM read_json('${place}/account=*/type=*/day=*/part-0.json.gz', hive_partitioning = true, union_by_name = true)
             GROUP BY ALL ORDER BY ALL`,
          );
          const told = await rowsOf(
            `SELECT resourceType AS type, m.day.day::VARCHAR AS day, m.day.records AS records
             FROM (SELECT resourceType, unnest(days) AS day FROM read_json('${place}/_manifests/*/*.json')) m
             WHERE m.day.records > 0 ORDER BY ALL`,
          );
          assert.equal(stored.length, 8, 'of two types, four days that are not empty');
          assert.deepEqual(stored, told);
        },
      );
    });
  }

  async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
    const rows = (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
    return rows.map(({ type, day, records }) => ({ type, day, records: Number(records) }));
  }
});
