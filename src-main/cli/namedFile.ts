/** Files that a person names on the command line. */
import { TooLongError, readGiven } from '../files/index.ts';
import { UsageError } from './command.ts';
import { bytes } from './output.ts';

/** What fits in a string, which is what these files become. */
const longestText = 500e6;

/**
 * The whole of a file, which is called `what` where it cannot be read. @throws UsageError with the system's code, or
 * where it has more bytes than `most`; FileError where it is no file, or its disk does not answer
 */
export async function readNamed(file: string, what = file, most = longestText): Promise<Buffer> {
  try {
    return await readGiven(file, most);
  } catch (error) {
    if (error instanceof TooLongError) throw new UsageError(`${what} is larger than ${bytes(most)}: check its path`);
    const { code, errno } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    throw new UsageError(`${what} cannot be read (${code}): check its path`);
  }
}
