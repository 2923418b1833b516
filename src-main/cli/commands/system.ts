/** `serve`, `doctor`, `bench` and `sample`. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Provider } from '../../../shared/contract.ts';
import type { Device } from '../../../shared/contract.ts';
import { isOffered, speedup } from '../../../shared/devices.ts';
import { selfTestSentence } from '../../../shared/messages/selfTest.ts';
import { counted } from '../../../shared/messages/format.ts';
import { programAt } from '../../files/program.ts';
import { UsageError } from '../command.ts';
import type { Command, Context } from '../command.ts';
import { bytes } from '../output.ts';
import { onPort } from '../port.ts';
import { openSession, withSession } from '../session.ts';

export const serve: Command = {
  name: 'serve',
  usage: '[--port N]',
  summary: 'open the window in a browser',
  positionals: [0, 0],
  options: { port: { value: 'N', help: 'port on 127.0.0.1 (default: that of the last time, where it is free)' } },
  help: `Prints one address with its token: open it in a browser on this machine. Nothing is reachable from outside.
The address lets one browser in, and another is printed; that browser may come back by http://127.0.0.1:PORT,
also after the next start, until it is revoked in Settings. Ctrl-C saves what is training and ends.

  lookalike serve
  lookalike serve --port 4747`,
  async run(args, context) {
    const asked = args.integer('port', 0, 65_535);
    const session = await openSession(context, 'server');
    try {
      if (!session.app) {
        const { kind } = await session.client.call('system.host', null);
        const [what, remedy] =
          kind === 'cli'
            ? ['another command is at work in this home', 'wait for its end, stop it']
            : ['Lookalike is open in this home already', 'use its window, close it'];
        throw Object.assign(new Error(`${what}: ${remedy}, or choose another home with --home`), {
          code: 'home-in-use',
        });
      }
      context.output.outlivesReader = true; // `serve | head -1` is how a program gets the address
      const { startServer } = await import('../../server/index.ts');
      const { app } = session;
      const print = (event: 'serving' | 'address', { url, port }: { url: string; port: number }) => {
        context.output.json({ event, url, port });
        context.output.print(url);
      };
      const start = (port: number) => startServer({ app, port, onEntered: () => print('address', server) });
      const server = await onPort(asked, app.access.lastPort, start);
      app.access.rememberPort(server.port);
      print('serving', server);
      await new Promise<void>((end) => {
        if (context.signal.aborted) end();
        context.signal.addEventListener('abort', () => end(), { once: true });
      });
      context.output.note('closing');
      await server.close();
      return 0;
    } finally {
      await session.close();
    }
  },
};

export const doctor: Command = {
  name: 'doctor',
  usage: '[--retest] [--repair]',
  summary: 'check this machine: devices, self-test, paths',
  positionals: [0, 0],
  options: {
    retest: { help: 'test every device again, also those whose test took its process down' },
    repair: { help: 'make a damaged or lost history again from its backups and the folders of runs' },
  },
  help: `Lists the devices with what their self-test said: one training step of a small network, in a process of its own,
compared with the processor's, and with WebGPU the views of a few photos. A test is remembered until the driver or the runtime changes. Checks the photo decoder,
the disk, the home folder and the history as well.

With --repair a damaged database is set aside, not deleted; the newest backup that is whole takes its place, completed
by what the folders of runs keep. Close Lookalike before.

  lookalike doctor
  lookalike doctor --retest
  lookalike doctor --repair`,
  async run(args, context) {
    if (args.on('repair')) await repair(context);
    return withSession(context, async ({ client }) => {
      const { output } = context;
      output.progress('testing the devices', true);
      const report = await client.call('system.doctor', { retest: args.on('retest') }, { signal: context.signal });
      output.clear();
      output.json(report);
      output.print(`Lookalike ${report.version}, Node ${report.node}, ${report.platform}`);
      output.print(`${report.cores} cores, ${bytes(report.memoryBytes)} of memory`);
      output.print(`home ${report.home}, ${bytes(report.homeFreeBytes)} free`);
      for (const check of report.checks)
        output.print(
          `${check.ok ? 'ok  ' : 'FAIL'}  ${check.name}: ${check.detail}${check.remedy ? `. ${check.remedy}` : ''}`,
        );
      for (const device of report.devices) {
        const speed = speedup(device, report.devices);
        const times = speed === null || device.provider === 'cpu' ? '' : `, ${speed.toPrecision(2)} x the processor`;
        const said = device.test ? selfTestSentence(device.test) : 'not tested yet';
        output.print(
          `${isOffered(device) ? 'ok  ' : '-   '}  device ${device.provider} (${describeDevice(device)}): ${said}${times}`,
        );
      }
      output.print(`device auto is ${report.auto}`);
      return report.checks.every((check) => check.ok) ? 0 : 1;
    });
  },
};

async function repair({ home, output }: Context): Promise<void> {
  const { repairHome } = await import('../../app/index.ts');
  const { runs, backup, aside, unreadable } = await repairHome(home);
  output.json({ event: 'repaired', runs, backup, aside, unreadable });
  if (aside !== null) output.print(`the damaged database is kept as ${aside}`);
  if (backup !== null) output.print(`the history begins with ${backup}`);
  output.print(
    runs === 0 ? 'no run was missing from the history' : `${counted(runs, 'run is', 'runs are')} in the history again`,
  );
  for (const id of unreadable) output.print(`runs/${id} holds nothing that can be read: it stays as it is`);
}

function describeDevice({ provider, name, kind, memoryBytes, driver }: Device): string {
  const facts = [
    ...(kind === 'software' ? ['software'] : []),
    ...(memoryBytes === null || provider === 'cpu' ? [] : [bytes(memoryBytes)]),
    ...(driver === null ? [] : [`driver ${driver}`]),
  ];
  return [name, ...facts].join(', ');
}

export const bench: Command = {
  name: 'bench',
  usage: '[--device D] [--peer] [--python PATH]',
  summary: 'measure speed on this machine',
  positionals: [0, 0],
  options: {
    device: { value: 'D', help: 'cpu (default), or webgpu, dml, cuda: its training steps, and where their time goes' },
    peer: { help: 'the same work in PyTorch, interleaved (on its CUDA device when --device is another than cpu)' },
    python: { value: 'PATH', help: 'the Python that has torch (default: the first python3 that has)' },
  },
  help: `Medians of at least five repetitions. Takes several minutes, more with --peer.

  lookalike bench
  lookalike bench --peer --json
  lookalike bench --device webgpu --peer`,
  run: async (args, context) => {
    // the benchmarks are the compute process's business, which no host imports: they are a program of their own
    const program = fileURLToPath(programAt('../../trainer/bench/main', import.meta.url));
    if (!existsSync(program))
      throw Object.assign(new Error('the benchmarks are not part of this installation: run them from a checkout'), {
        code: 'not-available',
      });
    const python = args.text('python');
    args.only(['python'], args.on('peer'), '--peer');
    const device = args.text('device');
    if (device !== undefined && !Provider.safeParse(device).success)
      throw new UsageError(`there is no device '${device}': choose from ${Provider.options.join(', ')}`);
    const flags = [
      ...(device === undefined ? [] : ['--device', device]),
      ...(args.on('peer') ? ['--peer'] : []),
      ...(python === undefined ? [] : ['--python', python]),
      ...(context.json ? ['--json'] : []),
    ];
    return new Promise((end, fail) => {
      const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
      child.on('error', fail);
      child.on('exit', (code) => (context.signal.aborted ? fail(context.signal.reason as Error) : end(code ?? 1)));
      context.signal.addEventListener('abort', () => child.kill(), { once: true });
    });
  },
};

export const sample: Command = {
  name: 'sample',
  usage: 'DIR',
  summary: 'write a small labelled set of rendered photos to try things on',
  positionals: [1, 1],
  options: {},
  help: `A subfolder for each class; what differs between classes is shape and texture, not colour.

  lookalike sample sample-photos
  lookalike train sample-photos --preset quick`,
  async run(args, context) {
    const folder = resolve(args.positionals[0]!);
    const { renderSampleSet } = await import('../../app/index.ts');
    context.output.progress('rendering photos', true);
    await renderSampleSet(folder, { signal: context.signal });
    context.output.json({ folder });
    context.output.print(folder);
    return 0;
  },
};
