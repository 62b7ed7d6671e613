import type { Fact } from '../fact.ts';

const test = 'test/simulator/clock.test.ts';

const REAL = 'a real clock is the time of day, and goes on by itself';
const MANUAL = 'a manual clock stands still, and lets what falls due happen at its own instant, in order';

/** The clock, and the Date headers that tell it. */
export const CLOCK_FACTS: readonly Fact[] = [
  {
    fact: 'The clock may be real: the time of day.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/clock.ts',
      find: "options.kind === 'real' ? Date.now()",
      replace: "options.kind === 'real' ? 0",
    },
    test,
    title: REAL,
  },
  {
    fact: 'A real clock goes on by itself.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/clock.ts',
      find: "case 'real':\n      return 1;",
      replace: "case 'real':\n      return 0;",
    },
    test,
    title: REAL,
  },
  {
    fact: 'The clock may be faster.',
    mark: 'issue',
    switchedOff: { file: 'simulator/clock.ts', find: 'return options.speed;', replace: 'return 1;' },
    test,
    title: 'the Date of the answers is that of a faster clock',
  },
  {
    fact: 'The clock may be moved by hand.',
    mark: 'issue',
    switchedOff: { file: 'simulator/clock.ts', find: 'manualMs += ms;', replace: '' },
    test,
    title: MANUAL,
  },
  {
    fact: 'A clock that is moved by hand can be moved over HTTP.',
    mark: 'issue',
    switchedOff: { file: 'simulator/control.ts', find: 'clock.advance(ms);', replace: '' },
    test: 'test/simulator/control.test.ts',
    title: 'a clock that stands still is read and moved over HTTP, without credentials',
  },
  {
    fact: 'A clock that is moved by hand stands still in between.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/clock.ts',
      find: "case 'manual':\n      return 0;",
      replace: "case 'manual':\n      return 1e6;",
    },
    test,
    title: MANUAL,
  },
  {
    fact: 'What falls due happens at its own instant.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/clock.ts',
      find: 'Math.floor(eventMs ?? outside())',
      replace: 'Math.floor(outside())',
    },
    test,
    title: MANUAL,
  },
  {
    fact: 'What falls due happens though nobody asks.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/clock.ts',
      find: 'timer = setTimeout(settle, Math.ceil(delayMs)).unref();',
      replace: '',
    },
    test,
    title: 'a running clock lets happen what falls due, though nobody asks it',
  },
  {
    fact: 'The Date of the API is that of the clock.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/send-answer.ts',
      find: 'Date: new Date(world.clock.now()).toUTCString(),',
      replace: '',
    },
    test,
    title: 'the Date of the answers is that of a clock that is moved by hand',
  },
  {
    fact: 'The Date of the store is that of the clock.',
    mark: 'issue',
    switchedOff: {
      file: 'simulator/store-server.ts',
      find: 'Date: new Date(world.clock.now()).toUTCString(),',
      replace: '',
    },
    test: 'test/simulator/files.test.ts',
    title: 'the answers of the store have the Date of the simulator',
  },
];
