/** The thread that computes: takes the job, runs it to its end and reports how it ended. */
import { onnxRuntime } from './backend.ts';
import { computeJobs } from './thread.ts';

computeJobs(onnxRuntime);
