/** The application's process as the shell of the desktop has it: the port is the channel of this forked child. */
import type { ShellPort } from '../../src-main/app/compute/launch.ts';

const parentPort: ShellPort = {
  postMessage: (message) => void process.send!(message),
  on: (_, listener) => process.on('message', (data) => listener({ data })),
};
Object.assign(process, { parentPort });
await import('../../src-main/app/main.ts');
