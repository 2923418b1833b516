/** The program of the command line, in Node. */
import '../files/offline.ts'; // first: what follows may not send
import { endProcess } from '../files/index.ts';
import { oneLine } from './output.ts';
import { runCommandLine } from './run.ts';

// An error outside any command's course (a socket, a timer) is one line as well.
process.on('uncaughtException', (error) => {
  process.stderr.write(`lookalike: ${oneLine(error.message)}\n`);
  process.exit(1);
});

const exitCode = await runCommandLine(process.argv.slice(2));
// all is closed by now; a library's idle handle is no reason to stay
process.exitCode = exitCode;
setTimeout(() => endProcess(exitCode), 500).unref();
