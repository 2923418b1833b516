/** Cannot send: each of Node's ways to the network is refused, in every program, thread and child; this computer is reached as ever. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../src-main/files/offline.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const offline = new URL('../../src-main/files/offline.ts', import.meta.url).href;

/** What each attempt ended with: the code of its error, or what it gave. 192.0.2.1 is nobody's address (RFC 5737). */
const attempts = `
import dgram from 'node:dgram';
import dns, { lookup } from 'node:dns';
import { fork } from 'node:child_process';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
const limit = (work) => Promise.race([work, new Promise((resolve) => setTimeout(resolve, 30_000, 'tried'))]);
const ended = (emitter) => limit(new Promise((resolve) => emitter.on('error', (error) => resolve(error.code))));
const tried = async (work) => { try { return await work(); } catch (error) { return error.cause?.code ?? error.code ?? error.message; } };
const answer = (work) => tried(() => limit(new Promise((resolve) => work((error, value) => resolve(error?.code ?? value)))));
const results = {};
const attempt = async (name, work) => void (results[name] = await tried(work));
await attempt('net by number', () => ended(net.connect(9, '192.0.2.1')));
await attempt('net by options', () => ended(new net.Socket().connect({ port: 9, host: 'example.invalid' })));
await attempt('net over IPv6', () => ended(net.connect({ port: 9, host: '2001:db8::1' })));
await attempt('tls', () => ended(tls.connect({ port: 9, host: '192.0.2.1' })));
await attempt('http', () => ended(http.get('http://192.0.2.1/')));
await attempt('https', () => ended(https.get('https://example.invalid/')));
await attempt('http2', () => ended(http2.connect('http://192.0.2.1/')));
await attempt('fetch', () => limit(fetch('http://192.0.2.1/')));
await attempt('fetch by name', () => limit(fetch('http://example.invalid/')));
await attempt('listen on every address', () => new Promise((resolve, reject) => net.createServer().on('error', reject).listen(0, () => resolve('listens'))));
await attempt('listen on a number', () => new Promise((resolve, reject) => net.createServer().on('error', reject).listen({ port: 0, host: '0.0.0.0' }, () => resolve('listens'))));
await attempt('datagram', () => answer((done) => dgram.createSocket('udp4').send('x', 9, '192.0.2.1', done)));
await attempt('dns.lookup', () => answer((done) => lookup('example.invalid', done)));
await attempt('dns.promises.lookup', () => limit(dns.promises.lookup('example.invalid')));
await attempt('dns.resolve4', () => answer((done) => dns.resolve4('example.invalid', done)));
await attempt('dns.promises.resolveMx', () => limit(dns.promises.resolveMx('example.invalid')));
await attempt('new Resolver', () => answer((done) => new dns.Resolver().resolve('example.invalid', done)));
await attempt('undone', () => { net.Socket.prototype.connect = () => {}; return 'undone'; });
const echo = net.createServer((socket) => socket.end('here'));
await new Promise((resolve) => echo.listen(0, '127.0.0.1', resolve));
const { port } = echo.address();
const reads = (target) => limit(new Promise((resolve, reject) => net.connect(target).on('data', (data) => resolve(String(data))).on('error', reject)));
await attempt('this computer', () => reads({ port, host: '127.0.0.1' }));
await attempt('this computer by name', () => reads({ port, host: 'localhost', family: 4 }));
await attempt('this computer unnamed', () => reads({ port, family: 4 }));
const thread = "import('${offline}').then(async () => { const { parentPort } = await import('node:worker_threads'); await fetch('http://192.0.2.1/').catch((error) => parentPort.postMessage(error.cause?.code)); })";
await attempt('a thread', () => limit(new Promise((resolve) => new Worker(thread, { eval: true }).on('message', resolve))));
await attempt('a child', () => limit(new Promise((resolve) => fork(process.env.CHILD, [], { execArgv: [] }).on('message', resolve))));
console.log(JSON.stringify(results));
process.exit(0);
`;

describe('offline', () => {
  it('refuses every way to the network, here, in threads and in children, and nothing else', () => {
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '--disable-warning=ExperimentalWarning', '--import', offline, '--eval', attempts],
      {
        encoding: 'utf8',
        env: { ...process.env, LOOKALIKE_OFFLINE: '1', CHILD: join(root, 'test/fixtures/offline/child.ts') },
        cwd: root,
      },
    );
    const results = JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, string>;
    const { undone, ...rest } = results;
    expect(undone).toMatch(/read.only|Cannot assign/);
    const open = { 'this computer': 'here', 'this computer by name': 'here', 'this computer unnamed': 'here' };
    expect(rest).toEqual({ ...Object.fromEntries(Object.keys(rest).map((name) => [name, 'ERR_OFFLINE'])), ...open });
    expect(Object.keys(rest)).toHaveLength(22);
  });

  it('is what every program and thread loads first', () => {
    const entries = readdirSync(join(root, 'src-main'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => /(^|[/\\])(main|worker|\w+Worker|\w+Thread)\.ts$/.test(path) && !/[/\\]bench[/\\]/.test(path),
    );
    expect(entries.length).toBeGreaterThan(9);
    for (const path of entries) {
      const first = /^import .*$/m.exec(readFileSync(join(root, 'src-main', path), 'utf8'))![0];
      expect([path, first]).toEqual([path, expect.stringMatching(/^import '(\.\.\/)+files\/offline\.ts';/)]);
    }
  });

  it('tells ONNX Runtime to report to nobody, offline or not', () => {
    const told = execFileSync(
      process.execPath,
      ['--import', offline, '--eval', "process.stdout.write(process.env.ORT_DISABLE_TELEMETRY ?? '')"],
      { encoding: 'utf8', env: { ...process.env, LOOKALIKE_OFFLINE: '', ORT_DISABLE_TELEMETRY: '' } },
    );
    expect(told).toBe('1');
  });

  it('knows this computer by its numbers and by one name', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '192.168.0.1', '10.0.0.1', 'localhost.example.org', ''].some(isLoopback)).toBe(false);
  });
});
