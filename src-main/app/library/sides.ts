/** Folders, and values of a column, that are sides of a split by their names. */
export const trainFolders: readonly string[] = ['train', 'training'];
export const testFolders: readonly string[] = ['val', 'valid', 'validation', 'dev', 'test', 'testing'];
