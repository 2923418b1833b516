/** Browsers that may open the window: each by the hashes of its cookie and of its page's key, neither of which is kept. */
import type { Db } from './database.ts';

export interface BrowserRow {
  /** SHA-256 of the cookie. */
  hash: string;
  /** SHA-256 of the key. */
  keyHash: string;
  name: string;
  createdAt: number;
  usedAt: number;
}

export function browsersTable(db: Db) {
  const columns = 'hash, key_hash AS keyHash, name, created_at AS createdAt, used_at AS usedAt';
  const all = db.prepare<[], BrowserRow>(`SELECT ${columns} FROM browsers ORDER BY used_at DESC`);
  const get = db.prepare<[string], BrowserRow>(`SELECT ${columns} FROM browsers WHERE hash = ?`);
  const insert = db.prepare(
    'INSERT INTO browsers (hash, key_hash, name, created_at, used_at) VALUES (@hash, @keyHash, @name, @createdAt, @usedAt)',
  );
  const touch = db.prepare('UPDATE browsers SET used_at = ? WHERE hash = ?');
  const remove = db.prepare('DELETE FROM browsers WHERE hash = ?');
  return {
    all: () => all.all(),
    get: (hash: string) => get.get(hash),
    insert: (row: BrowserRow) => void insert.run(row),
    touch: (hash: string, at: number) => void touch.run(at, hash),
    remove: (hash: string) => void remove.run(hash),
  };
}
