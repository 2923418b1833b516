/** Files that a person names on the command line. */
import { readGiven } from '../files/index.ts';
import { UsageError } from './command.ts';

/**
 * The whole of a file, which is called `what` where it cannot be read. @throws UsageError with the system's code;
 * FileError where it is no file, or its disk does not answer
 */
export async function readNamed(file: string, what = file): Promise<Buffer> {
  try {
    return await readGiven(file);
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    throw new UsageError(`${what} cannot be read (${code}): check its path`);
  }
}
