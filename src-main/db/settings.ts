/** The person's settings, one row a key; what cannot be read any more falls back to its default. */
import { Settings } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export function settingsTable(db: Db) {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings');
  const put = db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)');
  const get = (): Settings => {
    const defaults = Settings.parse({}) as Record<string, unknown>;
    const shape = Settings.shape as Record<string, { safeParse(x: unknown): { success: boolean; data?: unknown } }>;
    for (const { key, value } of all.all()) {
      const parsed = shape[key]?.safeParse(JSON.parse(value));
      if (parsed?.success) defaults[key] = parsed.data;
    }
    return defaults as Settings;
  };
  const remove = db.prepare('DELETE FROM settings WHERE key = ?');
  return {
    get,
    /** The device setting with which a run last started well since a device was chosen in Settings. */
    lastDevice: (): Settings['device'] | null => {
      const row = all.all().find(({ key }) => key === 'lastDevice');
      return row ? (Settings.shape.device.safeParse(JSON.parse(row.value)).data ?? null) : null;
    },
    /** The port of 127.0.0.1 that the window was last served on. */
    lastPort: (): number | null => {
      const row = all.all().find(({ key }) => key === 'lastPort');
      const port: unknown = row && JSON.parse(row.value);
      return typeof port === 'number' ? port : null;
    },
    rememberPort: (port: number) => void put.run('lastPort', JSON.stringify(port)),
    rememberDevice: (device: Settings['device']) => void put.run('lastDevice', JSON.stringify(device)),
    set: db.transaction((patch: Partial<Settings>): Settings => {
      if (patch.device !== undefined) remove.run('lastDevice');
      for (const [key, value] of Object.entries(patch)) if (value !== undefined) put.run(key, JSON.stringify(value));
      return get();
    }),
  };
}
