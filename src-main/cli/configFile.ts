/** The file of `--config`: settings as JSON, which is all that is looked at here. */
import type { ConfigPatch } from '../../shared/config.ts';
import { parsedJson } from '../../shared/json.ts';
import { UsageError } from './command.ts';
import { readNamed } from './namedFile.ts';

/** Far more than all settings take. */
const MOST_BYTES = 1 << 20;

/** Settings stand in groups, and no group in a group; deeper still, and a stack would end before a sentence is found. */
const MOST_LEVELS = 8;

/** @throws UsageError */
export async function configFile(file: string | undefined): Promise<ConfigPatch | undefined> {
  if (file === undefined) return undefined;
  const bytes = await readNamed(file, `--config ${file}`, MOST_BYTES).catch((error: unknown) => {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--config ${file} cannot be used: ${(error as Error).message}`);
  });
  const value = parsedJson(bytes.toString('utf8').replace(/^\ufeff/, '')); // editors on Windows begin with that mark
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isDeeper(value, MOST_LEVELS))
    throw new UsageError(
      `--config ${file} cannot be used: it is no JSON object of settings, such as {"epochs": 20, "backbone": {"width": 0.5}}`,
    );
  return value as ConfigPatch;
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));
