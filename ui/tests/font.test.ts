/** Tests that the window brings its own letters: the same on every system, without a network. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import licences from '../src/features/settings/licences.json';

const PACKAGE = '@fontsource-variable/inter';
const css = readFileSync('src/shared/base.css', 'utf8');

test('the first family of the window is one that it brings', () => {
  const [, family] = /body \{[^}]*font-family:\s*'([^']+)'/.exec(css) ?? [];
  const [, path = ''] = new RegExp(`@import '(${PACKAGE}/[^']+)'`).exec(css) ?? [];
  const sheet = join('node_modules', path);
  const faces = readFileSync(sheet, 'utf8');
  expect(faces).toContain(`font-family: '${family}'`);
  const files = [...faces.matchAll(/url\(([^)]+)\)/g)].map(([, file = '']) => join(dirname(sheet), file));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(file), file).toBe(true);
});

test('the licence of its letters stands among the notices', () => {
  const { version, license } = JSON.parse(
    readFileSync(`node_modules/${PACKAGE}/package.json`, 'utf8'),
  ) as Record<string, string>;
  expect(licences).toContainEqual([PACKAGE, version, license]);
});
