import { ListMultipartUploadsCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Server } from './s3-server.ts';

/** The keys of all open uploads, asked of the server itself. */
export async function openUploads({
  endpoint,
  bucket,
}: Pick<S3Server, 'endpoint' | 'bucket'>): Promise<string[]> {
  const client = new S3Client({ endpoint, forcePathStyle: true });
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key = '' }) => Key);
  } catch (error) {
    // So says rclone of a bucket that never had one.
    if (error instanceof S3ServiceException && error.name === 'NoSuchUpload') return [];
    throw error;
  } finally {
    client.destroy();
  }
}
