/**
 * Homes as released versions left them (test/fixtures/homes), unpacked with their photos into a temporary folder,
 * their databases pointed at where the photos now lie.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';

export interface OldHome {
  root: string;
  home: string;
  /** Changes the database as no version would: for homes of other versions than those that were kept. */
  edit(work: (db: Database.Database) => void): void;
  remove(): void;
}

export function unpackHome(version: string): OldHome {
  const root = mkdtempSync(join(tmpdir(), 'lookalike-home-'));
  const packed = readFileSync(new URL(`../fixtures/homes/${version}.tar.br`, import.meta.url));
  writeFileSync(join(root, 'home.tar'), brotliDecompressSync(packed));
  execFileSync('tar', ['-xf', 'home.tar'], { cwd: root });
  rmSync(join(root, 'home.tar'));
  const home = join(root, 'home');
  const edit = (work: (db: Database.Database) => void) => {
    const db = new Database(join(home, 'lookalike.db'));
    work(db);
    db.close();
  };
  pointAtPhotos(home, root);
  return { root, home, edit, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The photos of its folders lie in `root` now. */
export function pointAtPhotos(home: string, root: string): void {
  const db = new Database(join(home, 'lookalike.db'));
  const rows = db.prepare('SELECT id, folder FROM datasets').all() as { id: string; folder: string }[];
  for (const { id, folder } of rows)
    db.prepare('UPDATE datasets SET folder = ? WHERE id = ?').run(join(root, basename(folder)), id);
  db.close();
}

/** Rewrites the head of a safetensors file in place: its metadata, as `change` leaves it. */
export function editMetadata(path: string, change: (metadata: Record<string, string>) => void): void {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const head = JSON.parse(bytes.toString('utf8', 8, start)) as { __metadata__: Record<string, string> };
  change(head.__metadata__);
  const json = Buffer.from(JSON.stringify(head));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(path, Buffer.concat([length, padded, bytes.subarray(start)]));
}
