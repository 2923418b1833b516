/** Entry of the process that computes: one job, then it ends. */
import '../files/offline.ts'; // first: what follows may not send
import { programAt } from '../files/program.ts';
import { serveJobs } from './process.ts';

serveJobs(programAt('./computeThread', import.meta.url));
