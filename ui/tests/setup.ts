import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { afterEach, beforeEach, vi } from 'vitest';
import { preferences } from '$shared/state/preferences.svelte';
import { zone } from '$shared/state/zone.svelte';

// jsdom lays nothing out: a scrolled list gets a height here, and bits-ui the functions that it calls.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 480 },
  offsetWidth: { configurable: true, get: () => 1000 },
});
Element.prototype.getClientRects = () => [{}] as never;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
Element.prototype.hasPointerCapture = () => false;
Element.prototype.releasePointerCapture = () => undefined;
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
} as never;

// A wait ends as soon as its state is there; only a state that never comes takes this long.
configure({ asyncUtilTimeout: 15_000 });

beforeEach(() => {
  preferences.locale = 'en';
  zone.use(null);
});

afterEach(() => {
  vi.useRealTimers();
});
