/** Which addresses programs open, by strace (Linux). */
import { spawnSync } from 'node:child_process';

const strace = (file: string, calls: string) => [
  'strace',
  '-f',
  '--seccomp-bpf',
  '-qq',
  '-o',
  file,
  '-e',
  `trace=${calls}`,
];

/** The words before a command that write into `file` what addresses it and its children open. */
export const traceInto = (file: string) => strace(file, 'connect,bind,sendto');

/** Whether this machine has strace and lets it look; writes `file`. */
export function isTraceable(file: string): boolean {
  const [command, ...args] = strace(file, 'connect');
  return process.platform === 'linux' && spawnSync(command!, [...args, 'true']).status === 0;
}

/** Addresses in a trace that are neither a file, the kernel's, nor this computer's. */
export function strangers(trace: string): string[] {
  return trace.split('\n').filter((line) => {
    const family = /sa_family=(AF_\w+)/.exec(line)?.[1];
    if (!family || ['AF_UNIX', 'AF_NETLINK', 'AF_UNSPEC'].includes(family)) return false;
    return !/inet_addr\("127\.|inet_pton\(AF_INET6, "::1"/.test(line);
  });
}
