/** Uploads a file and does not come to its end: `s3-killed-upload.ts ENDPOINT SPOOL FILE SHA256`. */
import { readFile } from 'node:fs/promises';
import { createS3Storage } from '../../activities/index.ts';
import { fill, MB, storageUrl } from './s3-rig.ts';

const [, , endpoint = '', folder = '', path = '', sha256 = ''] = process.argv;
const bytes = await readFile(path);
const storage = createS3Storage(storageUrl({ endpoint }), { folder, limitBytes: 1_000 * MB });
const half = await fill(storage, bytes);
await half.publish({ sizeBytes: bytes.length, records: 7, sha256 });
