/** A trainer's process around the double of heldTrainer.ts. */
import { serveJobs } from '../../src-main/trainer/process.ts';

serveJobs(new URL('./heldTrainer.ts', import.meta.url));
