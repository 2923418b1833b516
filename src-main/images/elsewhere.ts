/**
 * Files that a folder names and this computer does not hold: placeholders of OneDrive, iCloud and Dropbox, whose content
 * is fetched when they are opened. A scan must not open them. Pure functions of what the system says of a file: on
 * Windows (OneDrive's files on demand) and macOS (iCloud and Dropbox by File Provider) such a file has a size and no
 * block on the disk. They were made from how those systems are documented and have not been tried on them. Linux has no
 * such clients of these services: nothing is taken for one there.
 */

/** Fewest bytes of a placeholder: smaller files may lie within the file system's own tables, without a block. */
const LEAST_BYTES = 4096;

/** Whether a file's content is elsewhere. Shares on the network may count no blocks for any file: they are left out. */
export function isPlaceholder(
  { size, blocks }: { size: number; blocks: number },
  path: string,
  platform: NodeJS.Platform,
): boolean {
  if (size < LEAST_BYTES || blocks !== 0) return false;
  if (platform === 'win32') return !path.startsWith('\\\\');
  return platform === 'darwin' && !path.startsWith('/Volumes/');
}

/** The name of the file that a placeholder of older systems' iCloud (`.IMG_1.HEIC.icloud`) stands for, or null. */
export const placeholderOf = (name: string): string | null => /^\.(.+)\.icloud$/.exec(name)?.[1] ?? null;

/**
 * Whether a folder is a library of Apple's or another program: photos lie in it under other names, beside smaller
 * copies of them.
 */
export const isPhotosLibrary = (name: string): boolean =>
  /\.(photoslibrary|photolibrary|migratedphotolibrary|aplibrary)$/i.test(name);

/**
 * Whether the error says that a folder is kept from programs that a person has not allowed: macOS says EPERM there, not
 * EACCES.
 */
export const isProtected = (error: unknown, platform: NodeJS.Platform): boolean =>
  platform === 'darwin' && (error as NodeJS.ErrnoException | null)?.code === 'EPERM';
