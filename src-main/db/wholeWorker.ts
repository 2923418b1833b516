/** The thread behind whole.ts: looks at one file, then it ends. */
import '../files/offline.ts'; // first: what follows may not send
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

function look(file: string): boolean {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true });
    db.pragma('locking_mode = EXCLUSIVE'); // no file of shared memory beside it
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (/^SQLITE_(CORRUPT|NOTADB)/.test((error as { code?: string }).code ?? '')) return false;
    throw error; // a full disk says nothing of it
  } finally {
    db?.close();
  }
}

parentPort!.postMessage(look(workerData as string));
