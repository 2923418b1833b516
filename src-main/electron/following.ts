/** What the shell knows of the runs and the settings: a client of the application like any window. */
import type { Client } from '../../shared/client.ts';
import { Settings } from '../../shared/contract.ts';
import type { RunSummary } from '../../shared/contract.ts';
import type { DesktopLanguage } from '../../shared/messages/desktop.ts';
import { nameIn } from '../../shared/naming.ts';
import { isBusy, noticeOfRun, noticeOfVerdict } from './decisions.ts';
import type { Notice } from './decisions.ts';

export class Following {
  readonly runs = new Map<string, RunSummary>();
  settings: Settings = Settings.parse({});
  readonly #client: Client;
  readonly #speaks: () => DesktopLanguage;
  readonly #connected: () => void;
  readonly #verdicts = new Map<string, string>();

  /** `changed`: runs or settings; `notice`: something a person may want to know at once; `connected`: all of them are known. */
  constructor(
    client: Client,
    speaks: () => DesktopLanguage,
    changed: () => void,
    notice: (notice: Notice) => void,
    connected: () => void,
  ) {
    this.#client = client;
    this.#speaks = speaks;
    this.#connected = connected;
    client.on('run', ({ run }) => {
      const found = noticeOfRun(this.runs.get(run.id)?.state ?? null, this.#named(run));
      this.runs.set(run.id, run);
      if (found) notice(found);
      changed();
    });
    client.on('runRemoved', ({ runId }) => {
      this.runs.delete(runId);
      changed();
    });
    client.on('verdict', (event) => {
      const run = this.runs.get(event.runId);
      const name = run ? this.#named(run).name : '';
      const found = noticeOfVerdict(this.#verdicts.get(event.runId) ?? null, event, name);
      this.#verdicts.set(event.runId, event.judgement.verdict);
      if (found) notice(found);
    });
    client.on('settings', ({ settings }) => {
      this.settings = settings;
      changed();
    });
    client.onConnection((connected) => {
      if (!connected) return;
      void Promise.all([client.call('runs.list', null), client.call('system.settings', null)]).then(
        ([runs, settings]) => {
          this.runs.clear();
          for (const run of runs) this.runs.set(run.id, run);
          this.settings = settings;
          changed();
          this.#connected();
        },
        () => {}, // the connection is lost again: the next one asks anew
      );
    });
  }

  /** With the name that the program gave in words of the person's language. */
  #named = (run: RunSummary): RunSummary => ({ ...run, name: nameIn(this.#speaks(), run) });

  /** The run that would lose something by an end: the one that trains before those that wait. */
  get busy(): RunSummary | null {
    const run = this.#busy;
    return run && this.#named(run);
  }

  get #busy(): RunSummary | null {
    const all = [...this.runs.values()].filter(isBusy);
    return all.find(({ state }) => state !== 'queued') ?? all[0] ?? null;
  }

  /** Ids of all that would lose something, in the order of their starts. */
  get allBusy(): string[] {
    return [...this.runs.values()].filter(isBusy).map(({ id }) => id);
  }

  /** How many wait behind the one that is busy. */
  get waiting(): number {
    return [...this.runs.values()].filter((run) => run.state === 'queued' && run !== this.#busy).length;
  }

  pause = (runId: string): void => void this.#client.call('runs.pause', { runId }).catch(() => {});
  resume = (runId: string): void => void this.#client.call('runs.resume', { runId }).catch(() => {});
  rememberClosing = (closeWhileTraining: Settings['closeWhileTraining']): void =>
    void this.#client.call('system.setSettings', { closeWhileTraining }).catch(() => {});
}
