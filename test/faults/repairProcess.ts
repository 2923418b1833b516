/** Repairs a home, for who kills it meanwhile. */
import { repairHome } from '../../src-main/app/index.ts';

await repairHome(process.argv[2]!);
