/** What a host, or a test, says of the application that it opens. */
import type { ComputeOptions } from './compute/process.ts';
import type { Launcher } from './compute/launch.ts';
import type { Host } from './context.ts';
import type { DeviceOptions } from './devices/index.ts';

export interface AppOptions {
  home: string;
  host: Host;
  /** How compute processes are started; default: forked. */
  launch?: Launcher;
  /** 'thread' where the host cannot fork. */
  imageIsolation?: 'process' | 'thread';
  /** For tests: how long a silent compute process is waited for. */
  compute?: ComputeOptions;
  /** For tests: what devices there are, and how long their self-test may take. */
  devices?: DeviceOptions;
  /** For tests: up to so many photos the neighbour graph is made inside a call. */
  quickGraph?: number;
  /** A run that finishes is embedded by itself; default: where there is a window. */
  embedsFinished?: boolean;
  /** Answers are checked against their schemas too: for tests. */
  checkResults?: boolean;
}

/** Whether a person looks at a window of this host, who waits for what is made ready and sees what changes. */
export const isWindowed = ({ kind }: Host): boolean => kind === 'electron' || kind === 'server';
