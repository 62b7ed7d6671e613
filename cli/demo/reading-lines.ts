import { relative } from 'node:path';

/** Commands that read the exported files, as they are typed from `directory`. */
export function readingLines(files: string, directory: string): string[] {
  const pattern = relative(directory, files);
  const zcat = process.platform === 'darwin' ? 'gzcat' : 'zcat';
  const query =
    `SELECT day, count(*) AS records FROM read_json('${pattern.replaceAll("'", "''")}', hive_partitioning = true) ` +
    'GROUP BY day ORDER BY day';
  return [`${zcat} ${quoteForShell(pattern)} | head -n 1`, `duckdb -c ${doubleQuote(query)}`];
}

/** Everything but the stars is quoted, so that the shell still expands them. */
function quoteForShell(pattern: string): string {
  if (/^[\w./=*-]+$/.test(pattern)) return pattern;
  return pattern
    .split('*')
    .map((part) => `'${part.replaceAll("'", "'\\''")}'`)
    .join('*');
}

function doubleQuote(text: string): string {
  return `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
}
