/** fakeApp as a child process. */
import { serve } from '../../shared/client.ts';
import { processTransport } from '../../src-main/app/transport.ts';
import { fakeApp } from './fakeApp.ts';

serve(processTransport(process), fakeApp());
process.on('disconnect', () => process.exit(0));
