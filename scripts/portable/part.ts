/** A part of the portable bench as a process: `part.js NAME SETTINGS`, which process.ts starts. */
import '../../src-main/files/offline.ts'; // first: what follows may not send
import { doctor } from './doctor.ts';
import { fed } from './fed.ts';
import { half } from './half.ts';
import { machine } from './machine.ts';
import { afterMemory, memory, tooLarge } from './memory.ts';
import { parts } from './parts.ts';
import type { Settings } from './parts.ts';
import { photos } from './photos.ts';
import type { PartMessage } from './process.ts';
import { profiled } from './profiled.ts';
import { step } from './step.ts';
import { trained } from './trained.ts';

/** Does a part and tells what it found, also while it is at it. */
type Work = (settings: Settings, found: (result: unknown) => void) => Promise<void>;

const works: Record<string, Work> = {
  machine,
  doctor,
  photos,
  float16: half,
  'run-float32': trained('float32'),
  'run-float16': trained('float16'),
  'fed-32': fed(32),
  'fed-128': fed(128),
  memory,
  'too-large': tooLarge,
  'after-memory': afterMemory,
};
for (const { name, row } of parts) if (row) works[name] = name.startsWith('time-') ? profiled(row) : step(row);

/** Does the part of this name and ends the process. */
async function main(name: string, settings: Settings): Promise<void> {
  let told = Promise.resolve();
  const say = (message: PartMessage): void => {
    told = new Promise((resolve) => process.send!(message, undefined, undefined, () => resolve()));
  };
  try {
    await works[name]!(settings, (found) => say({ found }));
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
  await told;
  process.exit(0); // whatever a driver still holds
}

const [name, settings] = process.argv.slice(2);
await main(name!, JSON.parse(settings!) as Settings);
