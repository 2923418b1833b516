/** Who may open the window in a browser: kept in the home, revocable; and the port it is found on. */
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { BrowserAccess } from '../../src-main/app/browsers.ts';
import { onPort } from '../../src-main/cli/port.ts';
import { openStore } from '../../src-main/db/index.ts';
import { browserName } from '../../src-main/server/guard.ts';
import { memoryAccess } from '../helpers/access.ts';
import { testFolder } from '../helpers/folders.ts';

describe('browsers', () => {
  it('are known after the application was started anew, and neither their cookies nor their keys are kept', () => {
    const home = testFolder('access');
    const file = join(home, 'lookalike.db');
    const first = openStore(file);
    const access = new BrowserAccess(first);
    const { cookie, key } = access.admit('Firefox, Linux');
    access.rememberPort(4747);
    expect(JSON.stringify(first.browsers.all())).not.toMatch(new RegExp(`${cookie}|${key}`));
    first.close();
    const second = openStore(file);
    const again = new BrowserAccess(second);
    const id = again.find(cookie)!;
    expect(id).toBe(again.list()[0]!.id);
    expect([again.hasKey(id, key), again.hasKey(id, cookie), again.hasKey('another', key)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(again.list()).toMatchObject([{ name: 'Firefox, Linux' }]);
    expect(again.find('another')).toBeNull();
    expect(again.lastPort).toBe(4747);
    second.close();
  });

  it('are shut out when they are revoked, and told of', () => {
    const access = memoryAccess();
    const [one, two] = [access.admit('A').cookie, access.admit('B').cookie];
    const id = access.find(one)!;
    const told: string[] = [];
    access.onRevoked((browserId) => told.push(browserId));
    access.revoke([id]);
    expect([access.find(one), told]).toEqual([null, [id]]);
    expect(access.find(two)).not.toBeNull();
  });

  it('are forgotten after a year without a visit', () => {
    vi.useFakeTimers();
    try {
      const access = memoryAccess();
      const { cookie } = access.admit('A');
      vi.advanceTimersByTime(300 * 86_400_000);
      expect(access.find(cookie)).not.toBeNull();
      vi.advanceTimersByTime(300 * 86_400_000);
      expect(access.find(cookie)).not.toBeNull(); // it was here in between
      vi.advanceTimersByTime(366 * 86_400_000);
      expect(access.find(cookie)).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('have the names that people know', () => {
    const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0';
    expect(browserName(edge)).toBe('Edge, Windows');
    expect(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0')).toBe(
      'Firefox, Linux',
    );
    expect(browserName('curl/8.5')).toBe('curl/8.5');
    expect(browserName(undefined)).toBe('?');
  });
});

describe('the port', () => {
  const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
  const start = (busy: number) => {
    const tried: number[] = [];
    const work = async (port: number) => {
      tried.push(port);
      if (port === busy) throw taken;
      return port;
    };
    return { tried, work };
  };

  it('stays that of the last time where it is free', async () => {
    expect(await onPort(undefined, 4747, start(0).work)).toBe(4747);
    expect(await onPort(undefined, null, start(-1).work)).toBe(0);
  });

  it('is another where it is taken, but not where it was asked for', async () => {
    const { tried, work } = start(4747);
    expect(await onPort(undefined, 4747, work)).toBe(0);
    expect(tried).toEqual([4747, 0]);
    await expect(onPort(4747, 5000, work)).rejects.toThrow(/^--port 4747: that port is used by another program: give/);
    const kept = () => Promise.reject(Object.assign(new Error('kept'), { code: 'EACCES' }));
    await expect(onPort(80, null, kept)).rejects.toThrow(/^--port 80: that port may not be used by you: give/);
    const broken = new Error('broken');
    await expect(onPort(4747, 5000, () => Promise.reject(broken))).rejects.toBe(broken);
  });
});
