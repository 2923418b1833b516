import './scripts/eslint-svelte.mjs'; // before the plugin
import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: [
      'dist/',
      'release/',
      '.cache/',
      'node_modules/',
      'test-results/',
      'src-main/images/wasm/assembly/',
      'src-main/search/wasm/assembly/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.node } } },
  { files: ['src-renderer/**'], languageOptions: { globals: { ...globals.browser } } },
  { files: ['**/*.svelte'], languageOptions: { parserOptions: { parser: ts.parser } } },
  // modules of runes are TypeScript; as text that Svelte's parser rewrote, each would have the types of all worked out anew
  { files: ['**/*.svelte.ts'], languageOptions: { parser: ts.parser } },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      'svelte/no-navigation-without-resolve': 'off',
      // sets and maps in the window's state are replaced whole ($state.raw) or never shown
      'svelte/prefer-svelte-reactivity': 'off',
      // the window has no stores; to find that out this rule asks for the type of every name: half the time of all rules
      'svelte/require-store-reactive-access': 'off',
    },
  },
  {
    // one place knows how a file gets its name (src-main/files): whole, synced, and tried again where Windows is busy
    files: ['src-main/**'],
    ignores: ['src-main/files/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises'].map((name) => ({
            name,
            importNames: ['default', 'rename', 'renameSync', 'fsync', 'fsyncSync'],
            message: 'src-main/files writes files: writeFileAtomic, writeStreamAtomic, moveInto',
          })),
        },
      ],
    },
  },
  {
    // a clock that is set right, or wrong, makes hours of a moment, and a moment of hours that have passed
    files: ['shared/**', 'src-main/**', 'src-renderer/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'BinaryExpression[operator=/^([-+]|[<>]=?)$/] > CallExpression[callee.object.name=Date][callee.property.name=now]',
          message: 'Date.now() says when, not how long: measure and wait by performance.now()',
        },
      ],
    },
  },
  {
    // a promise that nobody awaits is a fault that nobody is told of
    files: ['shared/**/*.ts', 'src-main/**/*.ts', 'src-renderer/**/*.{ts,svelte}', 'scripts/**/*.ts', 'test/**/*.ts'],
    languageOptions: {
      // these run functions in the page: they belong to the browser tests' project
      parserOptions: {
        projectService: { allowDefaultProject: ['scripts/measure-acts.ts', 'scripts/measure-window.ts'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  { files: ['scripts/**', 'src-main/cli/**', 'test/**'], rules: { 'no-console': 'off' } },
);
