/** The methods' graphs by their name in the configuration; what describes them is shared/methods. */
import type { MethodName } from '../../../shared/methods/index.ts';
import * as byol from './byol.ts';
import * as decorrelation from './decorrelation.ts';
import type { Method } from './method.ts';
import * as moco from './moco.ts';
import * as simclr from './simclr.ts';
import * as simsiam from './simsiam.ts';
import * as swav from './swav.ts';

export const methods = { ...simsiam, ...simclr, ...moco, ...byol, ...swav, ...decorrelation } satisfies Record<
  MethodName,
  Method
>;
