import type { Fact } from '../switch-off.ts';

const bytesTest = 'test/simulator/file-bytes.test.ts';

const MESSAGE =
  'Messages have numbers for segments and media, an error code of 0 or null, and some have no price';

/** What stands in a file. */
export const RECORD_FACTS: readonly Fact[] = [
  ...(
    [
      ['Messages', 'makeMessage', 'makeParticipant'],
      ['Calls', 'makeCall', 'makeMessage'],
      ['Conferences', 'makeConference', 'makeCall'],
      ['Participants', 'makeParticipant', 'makeConference'],
    ] as const
  ).map(([type, maker, another]): Fact => ({
    fact: `Records of ${type} have the shape that the documents give.`,
    mark: 'D',
    switchedOff: {
      file: 'simulator/records.ts',
      find: `${type}: ${maker}`,
      replace: `${type}: ${another}`,
    },
    test: bytesTest,
    title: `records of ${type} have the shape of the documents, with times in UTC`,
  })),
  {
    fact: 'Times in records are ISO 8601 in UTC.',
    mark: 'D',
    switchedOff: {
      file: 'simulator/records.ts',
      find: 'toISOString().slice(0, 19)}Z`',
      replace: 'toISOString().slice(0, 19)}+02:00`',
    },
    test: bytesTest,
    title: 'records of Messages have the shape of the documents, with times in UTC',
  },
  {
    fact: 'The number of segments is a number.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/records.ts',
      find: 'num_segments: 1 + random.below(2)',
      replace: 'num_segments: String(1 + random.below(2))',
    },
    test: bytesTest,
    title: MESSAGE,
  },
  {
    fact: 'The number of media is a number.',
    mark: 'R',
    switchedOff: { file: 'simulator/records.ts', find: 'num_media: 0', replace: "num_media: '0'" },
    test: bytesTest,
    title: MESSAGE,
  },
  {
    fact: 'The error code of a message without an error is 0.',
    mark: 'R',
    switchedOff: { file: 'simulator/records.ts', find: 'random.pick([0, null])', replace: 'null' },
    test: bytesTest,
    title: MESSAGE,
  },
  {
    fact: 'The error code of a message without an error is null.',
    mark: 'R',
    switchedOff: { file: 'simulator/records.ts', find: 'random.pick([0, null])', replace: '0' },
    test: bytesTest,
    title: MESSAGE,
  },
  {
    fact: 'A price is a string.',
    mark: 'R',
    switchedOff: { file: 'simulator/records.ts', find: "'-0.00750'", replace: '-0.0075' },
    test: bytesTest,
    title: MESSAGE,
  },
  {
    fact: 'A price may be missing.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/records.ts',
      find: 'random.below(10) > 0',
      replace: 'random.below(10) >= 0',
    },
    test: bytesTest,
    title: MESSAGE,
  },
  {
    fact: 'Records have fields that no document names.',
    mark: 'R',
    switchedOff: {
      file: 'simulator/records.ts',
      find: '    tags: { campaign: `c${random.below(9)}` },\n',
      replace: '',
    },
    test: bytesTest,
    title: 'records hold fields that no document names',
  },
];
