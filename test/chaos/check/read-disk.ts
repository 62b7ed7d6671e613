import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A file that lies on the disk. */
export interface DiskFile {
  sizeBytes: number;
  sha256: string;
  /** JSON lines of a whole gzip; null for what is none. */
  records: number | null;
  /** Of what is no gzip by its name. */
  text: string;
}

/** Every file below a folder, by its path from there, read anew from the disk. */
export async function readDisk(folder: string): Promise<Map<string, DiskFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, DiskFile>();
  for (const entry of entries.filter((each) => !each.isDirectory() && !isOfServer(each.name))) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    files.set(relative(folder, path).split(sep).join('/'), {
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      records: countRecords(bytes),
      text: path.endsWith('.gz') ? '' : bytes.toString(),
    });
  }
  return files;
}

/** What the S3 server has written on the way to an object when it was killed. No list of the bucket shows it. */
function isOfServer(name: string): boolean {
  return name.startsWith('.rclone_temp_');
}

function countRecords(bytes: Buffer): number | null {
  try {
    const lines = gunzipSync(bytes).toString().split('\n');
    return lines.filter((line) => line !== '').length;
  } catch {
    return null;
  }
}
