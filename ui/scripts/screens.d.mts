/** A screen in a state; see screens.mjs. */
export type Step = string | [selector: string, text: string];
export type ScreenState = { name: string; hash: string; scenario: string; ready: string; steps?: Step[] };
export const SCREENS: readonly ScreenState[];
