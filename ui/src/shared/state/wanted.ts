/** Holds the period whose records are shown next: a month of a chart led there. */
import type { Period } from '$ipc';

export const wantedPeriod: { period: Period | null } = { period: null };
