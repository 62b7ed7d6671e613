import type { Fact } from '../switch-off.ts';

const filesTest = 'test/simulator/files.test.ts';
const listsTest = 'test/simulator/lists.test.ts';

const LISTED = 'days are listed in the order of their generation, with their sizes';
const EXPORTED_AGAIN = 'a day that is exported again may hold other bytes, and the latest are given';

/** Days and their list. */
export const DAY_FACTS: readonly Fact[] = [
  {
    fact: 'A Day belongs to its type alone.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-files.ts',
      find: 'return `${resourceType} ${day}`;',
      replace: 'return `${resourceType === day} ${day}`;',
    },
    test: filesTest,
    title: 'a Day is one of its type alone',
  },
  {
    fact: 'A Day names no job: nothing but its name and its date lead back.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'day: file.day,\n',
      replace: 'day: file.day,\n        job_sid: account.jobs[0]?.jobSid,\n',
    },
    test: listsTest,
    title: LISTED,
  },
  {
    fact: 'A Day has the friendly name of the job that made it.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'friendly_name: file.friendlyName',
      replace: 'friendly_name: null',
    },
    test: listsTest,
    title: LISTED,
  },
  {
    fact: 'A Day has the date of its making, without a time.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'create_date: dayAt(file.generatedAtMs)',
      replace: 'create_date: new Date(file.generatedAtMs).toISOString()',
    },
    test: listsTest,
    title: LISTED,
  },
  {
    fact: 'Days are listed in the order of their generation.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'items: listedFiles(world, account, resourceType),',
      replace:
        'items: listedFiles(world, account, resourceType).toSorted((one, other) => one.day.localeCompare(other.day)),',
    },
    test: listsTest,
    title: LISTED,
  },
  {
    fact: 'One day may be listed more than once, as when two jobs cover it.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/day-files.ts',
      find: 'account.files.push(file);',
      replace:
        'account.files = [...account.files.filter((other) => other.day !== file.day || other.resourceType !== file.resourceType), file];',
    },
    test: listsTest,
    title: 'a day covered by two jobs is listed twice',
  },
  {
    fact: 'The list tells the bytes of a file.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-operations.ts',
      find: 'size: file.bytes.sizeBytes',
      replace: 'size: file.bytes.records',
    },
    test: listsTest,
    title: LISTED,
  },
  {
    fact: 'A day that is exported again may hold other bytes.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/day-content.ts',
      find: 'const version = rule.version ?? 1;',
      replace: 'const version = 1;',
    },
    test: filesTest,
    title: EXPORTED_AGAIN,
  },
  {
    fact: 'Of several files of one day the latest is given.',
    mark: 'I',
    switchedOff: {
      file: 'simulator/day-files.ts',
      find: 'account.latestFiles.set(keyOf(file), file);',
      replace: 'account.latestFiles.set(keyOf(file), account.latestFiles.get(keyOf(file)) ?? file);',
    },
    test: filesTest,
    title: EXPORTED_AGAIN,
  },
];
