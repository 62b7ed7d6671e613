import { DEFAULT_SPOOL } from '../activities/for-worker.ts';
import type { SpoolOptions } from '../activities/index.ts';
import type { Environment } from './environment.ts';

const UNIT_BYTES: Record<string, number> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Reads where days lie on their way to a destination that is no disk, and adds what is wrong to `faults`. */
export function readSpool(env: Environment, faults: string[]): SpoolOptions {
  const folder = env['BULK_EXPORTS_SPOOL'] || DEFAULT_SPOOL.folder;
  if (folder.includes('\0') || /^[a-z][a-z0-9+.-]+:/i.test(folder)) {
    faults.push('BULK_EXPORTS_SPOOL must be the path of a folder on a disk of this machine, got a URL');
  }
  const text = env['BULK_EXPORTS_SPOOL_LIMIT'] || undefined;
  const limitBytes = text === undefined ? DEFAULT_SPOOL.limitBytes : readSize(text);
  if (limitBytes === null) {
    faults.push(
      'BULK_EXPORTS_SPOOL_LIMIT must be a size such as "10 GB", in MB, GB, TB, MiB, GiB or TiB, got ' +
        JSON.stringify(text?.slice(0, 80)),
    );
  }
  return { folder, limitBytes: limitBytes ?? DEFAULT_SPOOL.limitBytes };
}

function readSize(text: string): number | null {
  const [, number, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?) ?([KMGT]i?B)$/.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (UNIT_BYTES[unit] ?? Number.NaN));
  return bytes > 0 ? bytes : null;
}
