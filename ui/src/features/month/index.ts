export { default as Month } from './Month.svelte';
