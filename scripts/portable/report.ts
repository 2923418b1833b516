/** What the parts found as Markdown: first the table of docs/performance/card.md, then a paragraph for each other part. */
import type { Doctor } from '../../shared/contract.ts';
import type { Machine } from './machine.ts';
import type { Outcome } from './parts.ts';
import type { Profile } from '../../src-main/trainer/bench/work.ts';
import type { SideName, SideResult, StepResult } from './step.ts';

/** All that a run of the bench writes down. */
export interface Report {
  at: string;
  version: string;
  commit: string;
  rehearsed: boolean;
  seconds: number;
  parts: Outcome[];
}

const figure = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
const inCell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '/').slice(0, 160);
const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** What kept a part from its end, for a cell; '' where it came to it. */
const ending = ({ outcome, error }: Outcome): string =>
  outcome === 'done' ? '' : inCell(`${outcome}${error ? `: ${error}` : ''}`);

const sides: readonly SideName[] = ['lookalike', 'eager', 'compiled'];

function stepRow(outcome: Outcome): string[] {
  const { sides: measured, work } = (outcome.found ?? {}) as Partial<StepResult>;
  const of = (name: SideName): SideResult | undefined => measured?.[name];
  const ours = of('lookalike')?.perSecond;
  const cell = (name: SideName): string => {
    const side = of(name);
    if (!side) return '';
    const { perSecond, error, rounds } = side;
    if (perSecond === null)
      return inCell(error ? `failed: ${error.replace(/^.* ended without an answer: /s, '')}` : 'not reached');
    const ratio = name !== 'lookalike' && ours ? ` (ratio ${(ours / perSecond).toFixed(2)})` : '';
    return `${figure(perSecond)}${ratio}${rounds < 5 ? `, ${rounds} rounds` : ''}`;
  };
  const name = outcome.does.replace(/^.*?: /, '');
  return [`${name}${work ? `, batch ${work.batch}` : ''}`, ...sides.map(cell), ending(outcome)];
}

function profileText(outcome: Outcome): string {
  const { step, kernels, host, programs = [], fallback = [] } = (outcome.found ?? {}) as Partial<Profile>;
  if (step === undefined) return `${ending(outcome)}.`;
  const parts = programs.map((p) => `${p.program} ${figure(p.dispatches)} x ${figure(p.milliseconds)} ms`);
  return [
    `${figure(step)} ms a step${kernels == null ? '' : `, kernels ${figure(kernels)} ms`}, host ${figure(host!)} ms.`,
    parts.length > 0 ? `Programs: ${parts.join('; ')}.` : 'The device tells no times of programs.',
    `Elsewhere: ${fallback.map((o) => `${o.operator} on ${o.provider}`).join(', ') || 'nothing'}.`,
  ].join(' ');
}

function machineText({ processor, cores, memoryBytes, system, node, onnxruntime, card, pytorch }: Machine): string {
  const gigabytes = (bytes: unknown) => `${figure(Number(bytes) / 1e9)} GB`;
  const graphics = card
    ? `${card.name}${card.memoryBytes ? `, ${gigabytes(card.memoryBytes)}` : ''}${card.driver ? `, driver ${card.driver}` : ''}`
    : 'no graphics card that Vulkan reaches';
  const torch = 'missing' in pytorch ? `no PyTorch: ${pytorch.missing}` : `PyTorch ${JSON.stringify(pytorch)}`;
  return `${graphics}; ${processor}, ${cores} threads, ${gigabytes(memoryBytes)}; ${system}; Node ${node}, ONNX Runtime ${onnxruntime}; ${torch}.`;
}

function doctorText({ devices, checks, auto }: Pick<Doctor, 'devices' | 'checks' | 'auto'>): string {
  const lines = devices.map(({ provider, name, test }) => {
    const views = test?.views ? `; views ${test.views.outcome} ${JSON.stringify(test.views.values)}` : '';
    return `- ${provider}, ${name}: ${test?.outcome ?? 'not tested'} ${JSON.stringify(test?.values ?? {})}, float16 ${test?.float16 ? 'yes' : 'no'}${views}`;
  });
  const failed = checks.filter(({ ok }) => !ok).map(({ name, detail }) => `- ${name}: ${detail}`);
  return [`\`auto\` is ${auto}.`, '', ...lines, ...failed].join('\n');
}

/** The figures of a part that has no text of its own, as they are. */
const plain = (found: unknown): string =>
  found === undefined
    ? 'nothing.'
    : `\n\n\`\`\`json\n${JSON.stringify(found, (_, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value), 1)}\n\`\`\``;

function section(outcome: Outcome): string {
  const { name, does, found, seconds } = outcome;
  const head = `### ${name}: ${does}\n\n${outcome.outcome}, ${seconds} s${outcome.error ? `: ${outcome.error}` : ''}\n\n`;
  if (found === undefined) return head.trimEnd();
  if (name === 'machine') return head + machineText(found as Machine);
  if (name === 'doctor') return head + doctorText(found as Doctor);
  return head + plain(found).trim();
}

export function markdown({ at, version, commit, rehearsed, seconds, parts }: Report): string {
  const named = (prefix: string) => parts.filter(({ name }) => name.startsWith(prefix));
  const others = parts.filter(({ name }) => !/^(step|time)-/.test(name));
  return [
    `# Lookalike ${version} (${commit.slice(0, 9)}) measured on this machine, ${at}`,
    ...(rehearsed ? ['**A rehearsal with small sizes: no figure says anything.**'] : []),
    `${figure(seconds)} s in all.`,
    '## Training steps, photos a second, medians, in turns',
    table(
      ['case', 'Lookalike WebGPU', 'PyTorch CUDA, eager', 'PyTorch CUDA, compiled', 'not done'],
      named('step-').map(stepRow),
    ),
    '## Where the time of a step goes',
    table(
      ['case', ''],
      named('time-').map((outcome) => [outcome.does.replace(/^.*?: /, ''), profileText(outcome)]),
    ),
    '## The parts',
    table(
      ['part', 'outcome', 'seconds'],
      parts.map((outcome) => [outcome.name, ending(outcome) || 'done', String(outcome.seconds)]),
    ),
    ...others.map(section),
    '',
  ].join('\n\n');
}
