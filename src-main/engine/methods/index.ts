/** The methods by their name in the configuration. */
import type { RunConfig } from '../../../shared/config.ts';
import { byol } from './byol.ts';
import type { Method } from './method.ts';
import { moco } from './moco.ts';
import { simclr } from './simclr.ts';
import { simsiam } from './simsiam.ts';
import { swav } from './swav.ts';

export const methods: Record<RunConfig['method'], Method> = { simsiam, simclr, moco, byol, swav };
