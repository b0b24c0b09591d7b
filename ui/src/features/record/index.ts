export { default as RecordDialogs } from './RecordDialogs.svelte';
