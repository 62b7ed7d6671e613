import type { DiskFile } from './read-disk.ts';
import { createLeakSearch } from './leak-search.ts';
import type { Violation } from './evidence.ts';
import type { JudgedWorld } from './judged-export.ts';

/** No credential and no signed link is in histories, descriptions, logs, files or their names, and none went astray. */
export function nothingLeaked(
  { evidence, disk }: JudgedWorld,
  logs: ReadonlyMap<string, DiskFile>,
): Violation[] {
  const search = createLeakSearch(evidence);
  const found = [
    ...[...evidence.workflows].flatMap(([workflowId, { events, abandoned, description }]) =>
      search(workflowId, { events, abandoned, description }),
    ),
    ...[...disk].flatMap(([path, { text }]) => search(`the file ${path}`, [path, text])),
    ...[...logs].flatMap(([path, { text }]) => search(`the log ${path}`, text)),
  ];
  const strayed = [
    { where: 'the file store', times: evidence.ledger.authorizationAtStore },
    { where: 'a server that is not Twilio', times: evidence.authorizationElsewhere },
  ];
  return [
    ...found.map(({ path, form }) => violation(path, form)),
    ...strayed
      .filter(({ times }) => times > 0)
      .map(({ where, times }) => violation(where, `${times} requests came with credentials`)),
  ];
}

function violation(where: string, what: string): Violation {
  return { rule: 'nothing leaked', where, what };
}
