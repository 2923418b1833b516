/** Where the programs and threads of the application lie, which are started by their files. */

/**
 * A program beside a module: its source where the module is one, else what was built of it, which has the same place.
 * @param path from the module, without an ending
 * @param module the module's `import.meta.url`
 */
export const programAt = (path: string, module: string): URL =>
  new URL(path + (module.endsWith('.ts') ? '.ts' : '.js'), module);
