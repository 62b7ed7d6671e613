/**
 * What happens where the SDK of S3 is not installed: `without-sdk.ts FOLDER`. Says as JSON what each kind of
 * destination came to.
 */
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const hook = `export const resolve = async (name, context, next) => {
  if (!name.startsWith('@aws-sdk/')) return next(name, context);
  throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
};`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const [, , folder = ''] = process.argv;
const { createStorageOpener } = await import('../../activities/for-worker.ts');
const open = createStorageOpener({ spool: { folder, limitBytes: 1_000 } });
const report: Record<string, unknown> = {};
for (const url of [pathToFileURL(folder).href, 's3://exports/days']) {
  try {
    await open(url).check('run-1');
    report[url.slice(0, 3)] = 'ok';
  } catch (error) {
    report[url.slice(0, 3)] = { message: String(error), ...(error as object) };
  }
}
process.stdout.write(JSON.stringify(report));
