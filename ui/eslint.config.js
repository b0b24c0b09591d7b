import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const onlyIpcNamesTauri = {
  group: ['@tauri-apps/*', '**/ipc/bindings*'],
  message: 'Only src/ipc names Tauri; import from $ipc.',
};
const featuresStayApart = {
  group: ['**/features/*', '**/app/*', '../../app/*', '../../features/*'],
  message: 'A feature imports from $shared and $ipc only.',
};
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default ts.config(
  { ignores: ['dist', 'src/paraglide', 'src/ipc/bindings.ts', 'project.inlang'] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  { rules: { 'no-console': 'error', 'svelte/no-at-html-tags': 'error', 'no-undef': 'off' } },
  {
    files: ['src/**'],
    ignores: ['src/ipc/**', 'src/features/**', 'src/shared/**'],
    rules: restrict(onlyIpcNamesTauri),
  },
  { files: ['src/shared/**', 'src/features/**'], rules: restrict(onlyIpcNamesTauri, featuresStayApart) },
);
