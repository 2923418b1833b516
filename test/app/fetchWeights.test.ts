/** Known weights fetched from a publisher: gone on with where it broke, checked by their sum, and never on to another host. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { knownByFile, knownWeights } from '../../shared/knownWeights.ts';
import { createApp } from '../../src-main/app/index.ts';
import { download } from '../../src-main/app/weights/download.ts';
import { testFolder } from '../helpers/folders.ts';

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const sha256 = createHash('sha256').update(bytes).digest('hex');

async function publisher(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/net-${sha256}.pth`;
}

/** Ranges as a server of files answers them. */
const whole: RequestListener = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= bytes.length) return void response.writeHead(416).end();
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from });
  response.end(bytes.subarray(from));
};

function fetching(address: string) {
  const into = join(testFolder('weights'), `net-${sha256}.pth`);
  const seen: [number, number | null][] = [];
  const abort = new AbortController();
  const again = () =>
    download(
      { address, sha256, into },
      { signal: abort.signal, progress: (done, of) => void seen.push([done, of]), checking: () => {} },
    );
  return { into, part: `${into}.part`, seen, abort, again };
}

it('comes whole, private, and with how much there is to come', async () => {
  const { into, part, seen, again } = fetching(await publisher(whole));
  await again();
  expect(readFileSync(into).equals(bytes)).toBe(true);
  expect(existsSync(part)).toBe(false);
  expect(seen[0]).toEqual([0, bytes.length]);
  expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
  if (process.platform !== 'win32') expect(statSync(into).mode & 0o077).toBe(0);
});

it('goes on where the connection broke', async () => {
  const ranges: (string | undefined)[] = [];
  const address = await publisher((request, response) => {
    ranges.push(request.headers.range);
    if (ranges.length > 1) return whole(request, response);
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 100));
  });
  const { into, part, seen, again } = fetching(address);
  await expect(again()).rejects.toMatchObject({ code: 'not-fetched', key: 'not-fetched.broken' });
  expect(existsSync(into)).toBe(false);
  const had = statSync(part).size;
  expect(had).toBeGreaterThan(0);
  await again();
  expect(ranges).toEqual([undefined, `bytes=${had}-`]);
  expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(readFileSync(into).equals(bytes)).toBe(true);
});

it('begins anew where the server knows no ranges, and takes what is all there already', async () => {
  const address = await publisher((_, response) => response.end(bytes));
  const { into, part, again } = fetching(address);
  writeFileSync(part, bytes.subarray(0, 5000));
  await again();
  expect(readFileSync(into).equals(bytes)).toBe(true);
  const other = fetching(await publisher(whole));
  writeFileSync(other.part, bytes);
  await other.again();
  expect(readFileSync(other.into).equals(bytes)).toBe(true);
});

it('says where nobody answers', async () => {
  const { again, part } = fetching(`http://127.0.0.1:9/net-${sha256}.pth`);
  await expect(again()).rejects.toMatchObject({ key: 'not-fetched.unreached' });
  expect(existsSync(part)).toBe(false);
});

it('is thrown away where its sum is another', async () => {
  const { into, part, again } = fetching(await publisher((_, response) => response.end('a page that asks to log in')));
  await expect(again()).rejects.toMatchObject({ key: 'not-fetched.sum' });
  expect([existsSync(into), existsSync(part)]).toEqual([false, false]);
});

it('goes to another path of its host, and to no other host', async () => {
  const address = await publisher((request, response) =>
    request.url?.startsWith('/models/')
      ? void response.writeHead(302, { location: '/mirror/net.pth' }).end()
      : whole(request, response),
  );
  const { into, again } = fetching(address);
  await again();
  expect(readFileSync(into).equals(bytes)).toBe(true);
  let asked = 0;
  const other = await publisher((request, response) => (asked++, whole(request, response)));
  const onward = fetching(await publisher((_, response) => response.writeHead(302, { location: other }).end()));
  await expect(onward.again()).rejects.toMatchObject({ key: 'not-fetched.elsewhere' });
  const round = fetching(await publisher((_, response) => response.writeHead(302, { location: '/' }).end()));
  await expect(round.again()).rejects.toMatchObject({ key: 'not-fetched.elsewhere' });
  expect(asked).toBe(0);
});

it('says what the server answered, and keeps what has come when it is given up', async () => {
  const none = fetching(await publisher((_, response) => response.writeHead(404).end('no such file')));
  await expect(none.again()).rejects.toMatchObject({ key: 'not-fetched.answer', values: { status: 404 } });
  expect(existsSync(none.part)).toBe(false);
  const slow = fetching(
    await publisher((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 70_000)); // and then nothing
    }),
  );
  const given = slow.again();
  await expect.poll(() => slow.seen.at(-1)?.[0]).toBe(70_000);
  slow.abort.abort();
  await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  expect(readFileSync(slow.part).equals(bytes.subarray(0, 70_000))).toBe(true);
});

it('is offered only where the file has one address and a sum to check it by', async () => {
  const fetched = knownWeights.filter((one) => one.address !== null);
  expect(new Set(fetched.map(({ file, keptAs = file }) => keptAs)).size).toBe(fetched.length);
  for (const { id, address, sha256: sum, file, keptAs = file } of fetched) {
    expect(new URL(address!).protocol).toBe('https:');
    expect(address!.endsWith(`/${file}`)).toBe(true);
    expect(knownByFile(keptAs)?.id).toBe(id); // so that its licence is known where a run begins with it
    if (id.startsWith('torchvision-')) expect(file).toContain(`-${sum!.slice(0, 8)}.`);
    expect(sum).toMatch(/^[0-9a-f]{64}$/); // all of it
  }
  const app = await createApp({ home: testFolder('home'), host: { kind: 'test', version: '0' } });
  onTestFinished(() => app.close());
  expect(await app.handle('weights.kept', null)).toEqual([]);
  await expect(app.handle('weights.fetch', { id: 'timm-resnet18' })).rejects.toMatchObject({ code: 'not-found' });
  process.env['LOOKALIKE_OFFLINE'] = '1';
  onTestFinished(() => void delete process.env['LOOKALIKE_OFFLINE']);
  await expect(app.handle('weights.fetch', { id: 'torchvision-resnet18' })).rejects.toMatchObject({
    key: 'not-fetched.offline',
  });
});
