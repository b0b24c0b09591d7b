import '@testing-library/jest-dom/vitest';
import { afterEach, beforeEach, vi } from 'vitest';
import { preferences } from '$shared/state/preferences.svelte';

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

beforeEach(() => {
  preferences.locale = 'en';
});

afterEach(() => {
  vi.useRealTimers();
});
