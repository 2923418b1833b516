/** A feed and connections at their worst: the installed version stays as it was, and can be updated afterwards. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { random } from '../helpers/random.ts';
import { feed, installed, next, old, told, unchanged, updates, useFeed } from './double/feed.ts';
import type { Feed } from './double/feed.ts';

describe.skipIf(process.platform !== 'linux')('an update', () => {
  useFeed();

  it('is whole or fails wherever a connection breaks, and can be fetched again', async () => {
    const ends = new Set<string>();
    for (let seed = 0; seed < 8; seed++) {
      const drawn = random(seed);
      const whole = Math.floor(6 * drawn());
      let asked = 0;
      feed.breaks = () => (asked++ < whole ? 1 : drawn());
      const here = updates();
      await here.do('check');
      await here.do('download');
      ends.add(here.state.kind);
      unchanged();
      feed.breaks = null;
      await here.do('check');
      await here.do('download');
      expect(here.state.kind).toBe('ready');
    }
    expect([...ends].toSorted()).toEqual(['failed', 'ready']); // what differs could be had, or the whole file in its place
  });

  it('is fetched whole where the installed one is not as it was', async () => {
    for (const damaged of [old.subarray(0, -3000), old.subarray(0, 100)]) {
      writeFileSync(installed, damaged);
      const here = updates();
      for (const step of ['check', 'download', 'install'] as const) await here.do(step);
      expect(told()).toBe('0.1.1');
    }
  });

  it.each<[string, Feed['instead']]>([
    ['refuses', (_, response) => !!response.writeHead(500).end('no')],
    ['is a page of the network that wants to be logged into', (_, response) => !!response.end('<html>log in</html>')],
    ['says nothing at all', (_, response) => !!response.end()],
    ['never answers', () => true],
  ])('from a feed that %s is told to have failed, and can be asked for again', async (_what, instead) => {
    const here = updates({ patience: 500 });
    for (const isFile of [false, true]) {
      feed.instead = (name, response) => name.endsWith('.AppImage') === isFile && instead(name, response);
      for (let time = 0; time < 2; time++) {
        await here.do('check');
        await here.do('download');
        expect(here.state).toMatchObject({ kind: 'failed', why: 'failed' });
      }
      feed.instead = () => false;
    }
    unchanged();
  });

  it('is not looked for at addresses that name each other for ever', async () => {
    feed.instead = (_, response) => !!response.writeHead(302, { location: '/latest-linux.yml' }).end();
    const here = updates();
    await here.do('check');
    expect(here.state).toMatchObject({ kind: 'failed', why: 'failed' });
    expect(feed.asked.length).toBeLessThan(20);
  });

  it('takes no file that has changed since it was offered', async () => {
    const here = updates();
    await here.do('check');
    feed.instead = (name, response) => name.endsWith('.AppImage') && !!response.end(randomBytes(next.size));
    await here.do('download');
    expect(here.state).toMatchObject({ kind: 'failed', why: 'failed' });
    unchanged();
  });
});
