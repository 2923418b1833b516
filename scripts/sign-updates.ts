/**
 * `node scripts/sign-updates.ts FOLDER [--staging PERCENT]`: signs every file that a latest*.yml in FOLDER describes,
 * with the Ed25519 key in UPDATE_SIGNING_KEY, and says to what share of installations it is offered. An installed
 * Lookalike takes no update without this signature (src-main/electron/updates/policy.ts).
 */
import { createPrivateKey, sign } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { signedText } from '../src-main/electron/updates/policy.ts';

/** `yaml` as electron-builder writes it, with a signature below each sha512 of a file. */
export function signDescription(yaml: string, key: string, staging = 100): string {
  const privateKey = createPrivateKey(key);
  const version = /^version: *(\S+)/m.exec(yaml)?.[1];
  if (!version) throw new Error('it names no version');
  const signed = yaml.replace(/^( +)sha512: *(\S+)$/gm, (line, indent: string, sha512: string) => {
    const signature = sign(null, Buffer.from(signedText(version, sha512)), privateKey).toString('base64');
    return `${line}\n${indent}signature: ${signature}`;
  });
  return staging < 100 ? `${signed.trimEnd()}\nstagingPercentage: ${staging}\n` : signed;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder = '.', option, percent] = process.argv.slice(2);
  const key = process.env.UPDATE_SIGNING_KEY;
  const staging = option === '--staging' ? Number(percent) : 100;
  if (!(staging > 0 && staging <= 100)) throw new Error('--staging wants a percentage, 1 to 100');
  if (!key) console.log('UPDATE_SIGNING_KEY is not set: these packages cannot be updated to.');
  else
    for (const name of readdirSync(folder).filter((file) => /^latest.*\.yml$/.test(file))) {
      const file = join(folder, name);
      writeFileSync(file, signDescription(readFileSync(file, 'utf8'), key, staging));
      console.log(`${name}: signed, for ${staging} % of installations`);
    }
}
