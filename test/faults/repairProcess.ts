/** Repairs a home, for who kills it meanwhile; what keeps it from that it says as the command does. */
import { repairHome } from '../../src-main/app/index.ts';

try {
  await repairHome(process.argv[2]!);
} catch (error) {
  process.stderr.write(`lookalike: ${(error as Error).message}\n`);
  process.exit(1);
}
