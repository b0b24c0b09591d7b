/** A screen in a state; see screens.mjs. */
export type ScreenState = { name: string; hash: string; scenario: string; ready: string; steps?: string[] };
export const SCREENS: readonly ScreenState[];
