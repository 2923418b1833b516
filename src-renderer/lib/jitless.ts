/** zod compiles schemas with `new Function`, which the page's policy forbids: it is told not to try. Imported first. */
import { config } from 'zod';

config({ jitless: true });
