/** The thread that computes: takes the job, runs it to its end and reports how it ended. */
import '../files/offline.ts'; // first: what follows may not send
import { onnxRuntime } from './backend.ts';
import { computeJobs } from './thread.ts';

computeJobs(onnxRuntime);
