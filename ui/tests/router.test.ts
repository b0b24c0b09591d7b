import { expect, test } from 'vitest';
import { address, parse } from '$shared/state/router.svelte';

test('the address of a run leads back to it', () => {
  expect(parse(address('history', '0199-a b/ø'))).toEqual({
    screen: 'history',
    run: '0199-a b/ø',
    record: null,
    topic: null,
    month: null,
  });
  expect(parse(address('records', 'PM/1 %'))).toEqual({
    screen: 'records',
    run: null,
    record: 'PM/1 %',
    topic: null,
    month: null,
  });
});

test('an unknown address shows the overview', () => {
  for (const hash of ['', '#', '#/nowhere', '#/history/%', '#/overview/x'])
    expect(() => parse(hash)).not.toThrow();
  expect(parse('#/nowhere')).toEqual({
    screen: 'overview',
    run: null,
    record: null,
    topic: null,
    month: null,
  });
  expect(parse('#/history/%')).toEqual({
    screen: 'history',
    run: null,
    record: null,
    topic: null,
    month: null,
  });
});
