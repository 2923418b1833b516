/** The person's settings, one row a key; what cannot be read any more falls back to its default. */
import { Settings } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export function settingsTable(db: Db) {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings');
  const put = db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)');
  const get = (): Settings => {
    const defaults = Settings.parse({}) as Record<string, unknown>;
    const shape = Settings.shape as Record<
      string,
      { safeParse(x: unknown): { success: boolean; data?: unknown } }
    >;
    for (const { key, value } of all.all()) {
      const parsed = shape[key]?.safeParse(JSON.parse(value));
      if (parsed?.success) defaults[key] = parsed.data;
    }
    return defaults as Settings;
  };
  return {
    get,
    set: db.transaction((patch: Partial<Settings>): Settings => {
      for (const [key, value] of Object.entries(patch))
        if (value !== undefined) put.run(key, JSON.stringify(value));
      return get();
    }),
  };
}
