/**
 * The parts of the application, and who of them works with whom. Each is given what it leans on, so the order in which
 * they are made follows from that. They close in another: what asks for work (runs that train, studies, tasks) ends
 * before what does it, and what writes the runs' records down is closed after all that changes them.
 */
import type { Stop } from '../../shared/closers.ts';
import { BrowserAccess } from './browsers.ts';
import type { AppContext } from './context.ts';
import { Devices } from './devices/index.ts';
import { evaluateHandlers } from './evaluate.ts';
import type { EvaluateHandlers } from './evaluate.ts';
import { exploreHandlers } from './explore/handlers.ts';
import { EmbeddingSets } from './explore/sets.ts';
import { labHandlers } from './lab/handlers.ts';
import type { LabApi } from './lab/handlers.ts';
import { clearImports } from './library/csvImport.ts';
import { Library } from './library/library.ts';
import { watchFolders } from './library/watching.ts';
import { isWindowed } from './options.ts';
import type { AppOptions } from './options.ts';
import { RunDescriber } from './runs/describe.ts';
import { runHandlers } from './runs/handlers.ts';
import type { RunsApi } from './runs/handlers.ts';
import { RunRecords } from './runs/records.ts';
import { Supervisor } from './runs/supervisor.ts';

export interface Parts {
  /** Which browsers may open the window. */
  access: BrowserAccess;
  library: Library;
  describer: RunDescriber;
  devices: Devices;
  supervisor: Supervisor;
  runs: RunsApi;
  sets: EmbeddingSets;
  explore: ReturnType<typeof exploreHandlers>;
  evaluate: EvaluateHandlers;
  lab: LabApi;
}

/** @param stops takes the stop of each part; the last is run first */
export function createParts(context: AppContext, options: AppOptions, stops: Stop[]): Parts {
  const access = new BrowserAccess(context.store);
  const records = new RunRecords(context);
  void records.writeAll();
  stops.push(() => records.close());
  const library = new Library(context);
  stops.push(() => library.close());
  const describer = new RunDescriber(context);
  const devices = new Devices(context, options.devices);
  stops.push(() => devices.idle());
  const supervisor = new Supervisor(context, library, describer, devices, options.compute);
  const runs = runHandlers(context, library, describer, supervisor, devices);
  const sets = new EmbeddingSets(context, library, devices, options.quickGraph);
  if (options.embedsFinished ?? isWindowed(context.host)) supervisor.onFinished = (runId) => sets.embedFinished(runId);
  const explore = exploreHandlers(context, sets);
  const evaluate = evaluateHandlers(context, library, sets);
  const lab = labHandlers(context, { library, supervisor, devices, runs: runs.handlers, evaluate });
  stops.push(
    () => runs.close(),
    () => explore.close(),
    () => context.tasks.idle(),
    () => lab.idle(),
    () => supervisor.close(),
  );
  return { access, library, describer, devices, supervisor, runs, sets, explore, evaluate, lab };
}

/** Goes on with what was under way when the home was closed, and looks at what changes from here on. */
export function goOn(context: AppContext, { library, supervisor, lab }: Parts, stops: Stop[]): void {
  // A command line opens the home for a moment; it continues what it is told to.
  if (context.host.kind !== 'cli') {
    lab.wakeAll();
    supervisor.goOn();
  }
  // so do tests, which change folders and read them when they want to
  if (isWindowed(context.host)) {
    clearImports(context, library);
    stops.push(watchFolders(context, library).stop);
  }
}
