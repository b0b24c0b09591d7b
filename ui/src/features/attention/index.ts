export { default as Attention } from './Attention.svelte';
