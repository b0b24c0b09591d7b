export { default as FirstStart } from './FirstStart.svelte';
export { default as Overview } from './Overview.svelte';
