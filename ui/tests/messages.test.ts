import { describe, expect, test } from 'vitest';
import enEngine from '../messages/engine.en.json';
import nbEngine from '../messages/engine.nb.json';
import { Holder } from '../src/ipc/mock/holder';
import en from '../messages/en.json';
import nb from '../messages/nb.json';
import { preferences } from '$shared/state/preferences.svelte';
import { errorSentences, problemSentence, reasonSentence, reasonSentences } from '$shared/notices/problem';
import type { ErrorCode, HoldCode, Problem } from '$ipc';

/** Returns the parameters of a message, of all its forms. */
function holes(message: unknown): string[] {
  const text =
    typeof message === 'string'
      ? message
      : JSON.stringify(Object.values((message as [{ match: object }])[0].match));
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();
}

describe.each([
  ['screen', en, nb],
  ['engine', enEngine, nbEngine],
])('the messages of the %s', (_, english, norwegian) => {
  const inEnglish: Record<string, unknown> = english;
  const inNorwegian: Record<string, unknown> = norwegian;

  test('exist in both languages', () => {
    expect(Object.keys(inNorwegian).sort()).toEqual(Object.keys(inEnglish).sort());
  });

  test('have the same parameters in both', () => {
    for (const [key, message] of Object.entries(inEnglish)) {
      if (key !== '$schema') expect([key, holes(inNorwegian[key])]).toEqual([key, holes(message)]);
    }
  });

  test('do not say how long a reason has to be', () => {
    for (const catalogue of [inEnglish, inNorwegian])
      expect(JSON.stringify(catalogue['reason_count'] ?? '')).not.toMatch(/\d/);
  });

  test('do not shout and do not blame', () => {
    for (const catalogue of [inEnglish, inNorwegian]) {
      expect(JSON.stringify(catalogue)).not.toMatch(/![”"\s]|Oops|Ups/);
    }
  });
});

describe.each(['en', 'nb'] as const)('in %s', (locale) => {
  test('every error has a sentence, also when a parameter is missing', () => {
    preferences.locale = locale;
    for (const code of Object.keys(errorSentences) as ErrorCode[]) {
      const sentence = problemSentence({ code, params: {} });
      expect(sentence.length, code).toBeGreaterThan(20);
      expect(sentence, code).not.toMatch(/undefined|error_/);
    }
  });

  test('no sentence shows an instant in machine form', () => {
    preferences.locale = locale;
    const held = new Holder('lock').refusal()?.problem as Problem;
    expect(problemSentence(held)).toMatch(/Kari Nordmann.*HLF-PC-12/);
    const instant = '2026-11-22T14:03:27.512+00:00';
    const problems: Problem[] = [
      held,
      { code: 'lock_held', params: { ...held.params, since: instant, heard: instant } },
      { code: 'resolution_too_early', params: { id: 'PM-1', until: instant } },
      { code: 'audit_broken', params: { path: 'ledger.sqlite', entries: '41', at: '2026-11-22T14:03:27Z' } },
    ];
    for (const problem of problems) {
      const sentence = problemSentence(problem);
      expect(sentence, problem.code).not.toMatch(/T\d\d:\d\d/);
      expect(sentence, problem.code).not.toMatch(/undefined|–/);
    }
  });

  test('every reason has a sentence', () => {
    preferences.locale = locale;
    for (const code of Object.keys(reasonSentences) as HoldCode[]) {
      const sentence = reasonSentence({ kind: 'held', code, params: {} });
      expect(sentence, code).not.toMatch(/undefined|reason_/);
    }
  });
});

test('a sentence contains its parameters', () => {
  const params = { path: 'workspace.toml', line: '12', key: 'curency', nearest: 'currency' };
  const sentence = problemSentence({ code: 'workspace_unknown_key', params });
  for (const part of ['12', 'workspace.toml', 'curency', 'currency']) expect(sentence).toContain(part);
});

test('a date format is written as people write it', () => {
  const reason = {
    kind: 'held',
    code: 'date_invalid',
    params: { found: '31/11', expected: '%d/%m/%Y' },
  } as const;
  preferences.locale = 'en';
  expect(reasonSentence(reason)).toContain('in the form dd/mm/yyyy.');
  preferences.locale = 'nb';
  expect(reasonSentence(reason)).toContain('på formen dd/mm/åååå.');
});
