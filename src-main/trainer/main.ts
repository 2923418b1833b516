/** Entry of the process that computes: one job, then it ends. */
import '../files/offline.ts'; // first: what follows may not send
import { serveJobs } from './process.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
serveJobs(new URL('./computeThread' + extension, import.meta.url));
