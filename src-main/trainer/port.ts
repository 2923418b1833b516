/**
 * The trainer's end of the line to its parent: the IPC channel of a forked child (advanced serialisation, so typed
 * arrays cross as they are) or the parent port of an Electron utility process. Everything above sees one interface.
 */
import type { Command, Report } from '../../shared/contract/report.ts';

export interface ParentPort {
  /** `sent` is called when the report has left this process (or cannot any more). */
  send(report: Report, sent?: () => void): void;
  onCommand(listener: (command: Command) => void): void;
  /** Called once, when the parent is gone. */
  onClose(listener: () => void): void;
}

/** What Electron puts on `process` in a utility process; its types are not imported here. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** @throws Error when the process was started by hand, without a parent to talk to. */
export function parentPort(): ParentPort {
  const utility = (process as unknown as { parentPort?: UtilityPort }).parentPort;
  if (utility) {
    return {
      send(report, sent) {
        utility.postMessage(report);
        if (sent) setTimeout(sent, 50); // this port does not say when a message has left
      },
      onCommand: (listener) => utility.on('message', ({ data }) => listener(data as Command)),
      onClose: (listener) => utility.on('close', listener),
    };
  }
  if (!process.send)
    throw new Error('the trainer is started by the application and speaks over its port; it does nothing by itself');
  return {
    send(report, sent) {
      if (!process.connected) return sent?.();
      process.send!(report, undefined, undefined, () => sent?.()); // an error here means the parent is gone: onClose says so
    },
    onCommand: (listener) => process.on('message', (command) => listener(command as Command)),
    onClose: (listener) => process.once('disconnect', listener),
  };
}
