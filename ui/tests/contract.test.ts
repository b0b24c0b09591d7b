/** Checks the bridge from this side: every command of the bindings can be called here, and the mock answers it. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { invoke } from '@tauri-apps/api/core';
import { ipc } from '../src/ipc';
import { commands, events } from '../src/ipc/bindings';
import { install, uninstall } from '../src/ipc/mock';
import { severities } from '$shared/notices/severity';
import { errorSentences } from '$shared/notices/problem';

const bindings = readFileSync('src/ipc/bindings.ts', 'utf8');
const names = [...bindings.matchAll(/__TAURI_INVOKE(?:<[^(]*>)?\("(\w+)"/g)].map((match) => match[1] ?? '');

afterEach(uninstall);

test('each command and each event can be called', () => {
  expect(names.length).toBe(Object.keys(commands).length);
  for (const name of Object.keys(commands)) expect(Object.keys(ipc), name).toContain(name);
  expect(Object.keys(ipc).length).toBe(Object.keys({ ...commands, ...events }).length);
});

test('the mock answers each command', async () => {
  await install('idle');
  for (const name of names) {
    // Without arguments: the compiler has compared those with the bindings.
    const answer = invoke(name);
    await answer.catch((thrown: unknown) =>
      expect(thrown instanceof Error ? thrown.message : '', name).not.toMatch(/knows no/),
    );
  }
});

test('each error code has a sentence and a severity', () => {
  const codes = /code: ((?:"\w+"(?: \| )?)+)/.exec(bindings)?.[1]?.match(/\w+/g) ?? [];
  expect(codes.length).toBeGreaterThan(70);
  expect(Object.keys(errorSentences).sort()).toEqual([...codes].sort());
  expect(Object.keys(severities).sort()).toEqual([...codes].sort());
});
