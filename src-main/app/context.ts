/** What every part of the application works with. */
import type { ImagePool } from '../images/index.ts';
import type { Store } from '../db/index.ts';
import type { AppEvents } from './events.ts';
import type { HomePaths } from './home.ts';
import type { Launcher } from './compute/launch.ts';
import type { Quiet } from './compute/quiet.ts';
import type { Leases } from './leases.ts';
import type { TeacherLooks } from './runs/teacherLooks.ts';
import type { Tasks } from './tasks.ts';

export interface Host {
  kind: 'electron' | 'server' | 'cli' | 'test';
  version: string;
  /** Shows a file in the system's file manager; hosts without one leave it out. */
  reveal?(path: string): void | Promise<void>;
  canPickFolder?: boolean;
}

export interface AppContext {
  paths: HomePaths;
  host: Host;
  store: Store;
  events: AppEvents;
  /** Decodes photos in processes of their own; started when first used. */
  pool: ImagePool;
  launch: Launcher;
  /** Starts what a training will want, before it is asked for; does nothing where no person waits. */
  getReady(): void;
  tasks: Tasks;
  /** What is in use, for whoever deletes and closes. */
  leases: Leases;
  /** Keeps self-tests apart from what else computes. */
  quiet: Quiet;
  /** What the last teacher that a plan asked about can do. */
  teachers: TeacherLooks;
  /** Aborted when the application closes. */
  closing: AbortSignal;
}
