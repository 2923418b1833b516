/** A trainer's process around the double of deviceDouble.ts. */
import { serveJobs } from '../../src-main/trainer/process.ts';

serveJobs(new URL('./deviceDouble.ts', import.meta.url));
