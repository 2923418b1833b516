/**
 * What is decided of updates, as pure functions: whether there can be any, when is looked for one, whether an offer is
 * to be believed, whether there is room, and whether it may be installed now.
 */
import { createPublicKey, verify } from 'node:crypto';
import type { UpdateOffer, UpdatesOff } from '../../../shared/desktop.ts';

/** What is read of an update's description (latest.yml); scripts/sign-updates.ts adds each `signature`. */
export interface Offer {
  version: string;
  files: readonly { url: string; sha512: string; size?: number; signature?: string }[];
}

const day = 24 * 60 * 60 * 1000;

/** Why this installation has no updates, or null. */
export function whyNoUpdates(built: {
  packaged: boolean;
  offline: boolean;
  /** Whether app-update.yml lies in the package: where to look. */
  hasFeed: boolean;
  /** Public key that updates are signed with. */
  key: string | null;
}): UpdatesOff | null {
  if (built.offline) return 'offline';
  if (!built.packaged) return 'checkout';
  return built.hasFeed && built.key ? null : 'not-built-in';
}

/** Once a day where a person agreed, and never while something trains. A clock that was set back asks at once. */
export function isDue(when: { agreed: boolean; lastCheck: number | null; now: number; busy: boolean }): boolean {
  if (!when.agreed || when.busy) return false;
  return when.lastCheck === null || when.now - when.lastCheck >= day || when.lastCheck > when.now;
}

/** What a signature stands for: the version too, so that an old file is not offered under a new number. */
export const signedText = (version: string, sha512: string): string => `lookalike update\n${version}\n${sha512}\n`;

/** Whether every file of an offer was signed by the holder of the key. */
export function isSigned({ version, files }: Offer, key: string): boolean {
  try {
    const publicKey = createPublicKey(key);
    return (
      files.length > 0 &&
      files.every(({ sha512, signature }) =>
        verify(null, Buffer.from(signedText(version, sha512)), publicKey, Buffer.from(signature ?? '', 'base64')),
      )
    );
  } catch {
    return false; // no key, or none of this kind
  }
}

/**
 * Whether `free` bytes suffice for an update: its download and what that is put together from, and then what is
 * unpacked.
 */
export const hasRoom = (bytes: number, free: number): boolean => free >= 3 * bytes;

/** Bytes of an offer's largest file, as the one for this system is at most that large. */
export const sizeOf = ({ files }: Offer): number => Math.max(0, ...files.map(({ size }) => size ?? 0));

/** The address in a package's app-update.yml, as a person knows it. */
export function addressOf(feed: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => (typeof feed[name] === 'string' ? feed[name] : '');
  if (feed.provider === 'github') return `https://github.com/${text('owner')}/${text('repo')}/releases`;
  return text('url');
}

/** Flat YAML as electron-builder writes it: one name and value a line. */
export function readFeed(yaml: string): Record<string, string> {
  const rows = yaml.split('\n').flatMap((line) => {
    const found = /^(\w+): *(.*?) *$/.exec(line);
    return found ? [[found[1]!, found[2]!.replace(/^(['"])(.*)\1$/, '$2')] as const] : [];
  });
  return Object.fromEntries(rows);
}

export const offerOf = (offer: Offer, address: string): UpdateOffer => ({
  version: offer.version,
  bytes: sizeOf(offer),
  from: address,
});
