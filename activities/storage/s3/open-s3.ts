import type * as S3 from '@aws-sdk/client-s3';
import { StorageProblem } from '../storage-problem.ts';
import type { S3Destination } from './s3-url.ts';

/** How long a connection may take, and how long it may then be silent. */
const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 60_000;
/** Of one request, at once: what lasts longer is for the engine to try again. */
const TRIES = 3;

/** The SDK and a client of it. */
export interface OpenedS3 {
  sdk: typeof S3;
  client: S3.S3Client;
}

/**
 * Loads the SDK and makes a client. Who has no such destination need not have the SDK.
 *
 * @throws `StorageProblem` where it is not installed.
 */
export async function openS3({ region, endpoint, forcePathStyle }: S3Destination): Promise<OpenedS3> {
  const sdk = await loadSdk();
  const client = new sdk.S3Client({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(forcePathStyle && { forcePathStyle }),
    maxAttempts: TRIES,
    customUserAgent: 'temporal-bulk-exports',
    // With it each part would come by a connection of its own.
    expectContinueHeader: false,
    // Its own choice of a checksum is one that many stores refuse; ours is made for each request.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      const sum = headers['x-amz-checksum-sha256'];
      if (sum !== undefined) {
        // The signature covers the hash of the body, which the SDK would work out a second time.
        headers['x-amz-content-sha256'] = Buffer.from(sum, 'base64').toString('hex');
      }
      return next(args);
    },
    { step: 'build', name: 'knownBodyHash' },
  );
  return { sdk, client };
}

async function loadSdk(): Promise<typeof S3> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new StorageProblem(
        'rejected',
        'an s3: destination needs a package that is not installed here [@aws-sdk/client-s3]',
        'Install it beside this one: npm install @aws-sdk/client-s3',
      );
    }
    throw error;
  }
}
