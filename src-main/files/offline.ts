/**
 * Cannot send: with `--offline`, LOOKALIKE_OFFLINE=1 or a build that says so (`offline` in package.json), nothing of
 * Node's opens a connection but to this computer itself. Every program and thread imports this first, so that it holds
 * before anything else is loaded; the environment hands it on to what they start. It keeps honest code honest, and is
 * no sandbox: how to check it from outside is in docs/manual.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const variable = 'LOOKALIKE_OFFLINE';

/** Whether the program's package.json, four folders up when compiled, two in a checkout, says `offline`. */
function builtOffline(): boolean {
  const up = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../../package.json';
  try {
    return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { offline?: unknown }).offline === true;
  } catch {
    return false;
  }
}

export const isOffline = (): boolean => process.env[variable] === '1';

const loopback = new net.BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host is this computer by its very name; other names would have to be asked for. */
export function isLoopback(host: string): boolean {
  const family = net.isIP(host);
  if (family === 0) return host === 'localhost';
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

class OfflineError extends Error {
  override readonly name = 'OfflineError';
  readonly code = 'ERR_OFFLINE';
  constructor(what: string) {
    super(`this Lookalike may not send (--offline): ${what} was refused`);
  }
}

interface Target {
  /** Whether it is no host at all but a local socket's path or what is open already. */
  local: boolean;
  host: string | undefined;
}

/** What of connect's and listen's many forms says where: options, a path, or a port and a host. */
function targetOf(args: readonly unknown[]): Target {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]; // Node hands itself a prepared list
  if (typeof first === 'object' && first !== null) {
    const { path, host, fd, _handle } = first as Record<'path' | 'host' | 'fd' | '_handle', unknown>;
    return { local: Boolean(path) || fd != null || _handle != null, host: host ? String(host) : undefined };
  }
  const [port, host] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof port === 'string' && !/^\d+$/.test(port)) return { local: true, host: undefined };
  return { local: false, host: typeof host === 'string' ? host : undefined };
}

/** Puts `make(original)` in the place of a function, for good. */
function replace<T extends object>(owner: T, name: keyof T & string, make: (original: never) => unknown): void {
  if (typeof owner[name] !== 'function') return;
  Object.defineProperty(owner, name, { value: make(owner[name] as never), writable: false, configurable: false });
}

type Loose = (this: unknown, ...args: unknown[]) => unknown;

function forbidNetwork(): void {
  replace(
    net.Socket.prototype,
    'connect',
    (original: Loose) =>
      function (this: net.Socket & { connecting: boolean }, ...args: unknown[]) {
        const { local, host } = targetOf(args);
        if (local || host === undefined || isLoopback(host)) return original.apply(this, args);
        this.connecting = true; // what is written meanwhile waits
        setImmediate(() => this.destroy(new OfflineError(`a connection to ${host}`))); // as late as a real refusal
        return this;
      },
  );
  replace(
    net.Server.prototype,
    'listen',
    (original: Loose) =>
      function (this: unknown, ...args: unknown[]) {
        const { local, host } = targetOf(args);
        if (local || (host !== undefined && isLoopback(host))) return original.apply(this, args);
        throw new OfflineError(`listening on ${host ?? 'every address'}`);
      },
  );
  for (const name of ['bind', 'connect', 'send', 'sendto', 'addMembership'] as const)
    replace(dgram.Socket.prototype as unknown as Record<string, unknown>, name, () => () => {
      throw new OfflineError('a datagram');
    });
  const refusal = (host: unknown) => new OfflineError(`asking for the address of ${String(host)}`);
  replace(
    dns,
    'lookup',
    (original: Loose) =>
      function (this: unknown, ...args: unknown[]) {
        const answer = args.at(-1) as (error: Error) => void;
        if (isLoopback(String(args[0]))) return original.apply(this, args);
        process.nextTick(answer, refusal(args[0]));
      },
  );
  replace(
    dns.promises,
    'lookup',
    (original: Loose) =>
      (host: unknown, ...rest: unknown[]) =>
        isLoopback(String(host)) ? original(host, ...rest) : Promise.reject(refusal(host)),
  );
  // Each asks a server of names over the network.
  const asks = (name: string) => /^(resolve|reverse|lookupService)/.test(name);
  for (const owner of [dns, dns.Resolver.prototype])
    for (const name of namesOf(owner).filter(asks))
      replace(
        owner as never,
        name as never,
        () =>
          (host: unknown, ...rest: unknown[]) =>
            process.nextTick(rest.at(-1) as (error: Error) => void, refusal(host)),
      );
  for (const owner of [dns.promises, dns.promises.Resolver.prototype])
    for (const name of namesOf(owner).filter(asks))
      replace(owner as never, name as never, () => (host: unknown) => Promise.reject(refusal(host)));
  syncBuiltinESMExports();
}

/** Names of an object's properties and of those it inherits, but for Object's own. */
function namesOf(owner: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = owner; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null)
    Object.getOwnPropertyNames(at).forEach((name) => names.add(name));
  return [...names];
}

// ONNX Runtime's own binaries report to their maker unless told not to, whether offline or not: never here.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
if (process.argv.includes('--offline') || builtOffline()) process.env[variable] = '1';
if (isOffline()) forbidNetwork();
