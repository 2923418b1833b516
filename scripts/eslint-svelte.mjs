/**
 * Asked for before ESLint's parser of Svelte is loaded, it gives TypeScript the components as it reads them itself. Else
 * each component that is linted would have the types of all worked out anew: two and a half minutes in place of a half.
 */
process.env.SVELTE_ESLINT_PARSER_EXPERIMENTAL_TS_SYS_HOOK = '1';
