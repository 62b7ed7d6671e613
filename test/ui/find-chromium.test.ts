import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findChromium } from '../support/find-chromium.ts';

test('without Chromium the tests with the Web UI are skipped, saying what to install, and in CI they fail', () => {
  const { path, skip } = findChromium({}, () => false);
  assert.equal(path, null);
  assert.match(skip, /Chromium is not installed .*apt-get install chromium/);
  assert.throws(() => findChromium({ CI: 'true' }, () => false), /Chromium is not installed/);
});

test('Chromium is where Debian puts it, or where CHROMIUM_PATH says', () => {
  assert.equal(findChromium({}, (path) => path === '/usr/bin/chromium').path, '/usr/bin/chromium');
  assert.equal(findChromium({ CHROMIUM_PATH: '/opt/chromium' }, () => true).path, '/opt/chromium');
});
