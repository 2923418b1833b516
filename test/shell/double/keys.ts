/** A pair of keys that descriptions of updates are signed with, as the release has one. */
import { generateKeyPairSync } from 'node:crypto';

export const pem = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    key: publicKey.export({ type: 'spki', format: 'pem' }),
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
};
