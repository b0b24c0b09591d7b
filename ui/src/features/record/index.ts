export { default as RecordDialogs } from './RecordDialogs.svelte';
export { default as Records } from './Records.svelte';
