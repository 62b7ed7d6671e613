import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { nodeProgram } from '../support/node-program.ts';

test('the SDK of S3 is loaded for a bucket alone, and where it is missing the bucket says what to install', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'without-sdk-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { path, execArgv } = nodeProgram(new URL('without-sdk.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, path, folder]);
  const told = JSON.parse(stdout) as { fil: unknown; 's3:': Record<string, string> };
  assert.equal(told.fil, 'ok');
  assert.equal(told['s3:']['kind'], 'rejected');
  assert.match(told['s3:']['message'] ?? '', /a package that is not installed here \[@aws-sdk\/client-s3\]/);
  assert.match(told['s3:']['advice'] ?? '', /npm install @aws-sdk\/client-s3/);
});
