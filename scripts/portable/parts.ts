/**
 * What the portable bench does, part by part, and how long each may take. Each is a process of its own (part.ts); here
 * stands only what main.ts has to know of them. The times are for a card; a rehearsal takes what it takes.
 */

/** A step that is measured beside PyTorch's; of CARD_STEPS (src-main/trainer/bench/work.ts), by place. */
export interface RowPart {
  row: number;
  precision: 'float32' | 'float16';
}

export interface Part {
  name: string;
  does: string;
  /** Most seconds it is given. */
  seconds: number;
  /** Seconds that are kept for it while those before it are at work. */
  least: number;
  /** What is measured, of the parts that measure or profile a step. */
  row?: RowPart;
}

const steps: readonly (RowPart & { name: string; does: string })[] = [
  { name: 'resnet18-32', does: 'ResNet-18, 32 px', row: 0 },
  { name: 'resnet18-128', does: 'ResNet-18, 128 px', row: 1 },
  { name: 'resnet50-224', does: 'ResNet-50, 224 px', row: 2 },
].flatMap(({ name, does, row }) =>
  (['float32', 'float16'] as const).map((precision) => ({
    name: `${name}-${precision}`,
    does: `${does}, ${precision}`,
    row,
    precision,
  })),
);

const rowsOf = (row: number): Part[] =>
  steps
    .filter((step) => step.row === row)
    .map(({ name, does, precision }) => ({
      name: `step-${name}`,
      does: `training step beside PyTorch: ${does}`,
      seconds: 90,
      least: 22,
      row: { row, precision },
    }));

/** In the order in which they run: the shorter and the more telling first. */
export const parts: readonly Part[] = [
  { name: 'machine', does: 'what this machine is', seconds: 30, least: 3 },
  { name: 'doctor', does: 'doctor, with self-test and views', seconds: 60, least: 15 },
  { name: 'photos', does: 'rendering 10,000 small photos', seconds: 60, least: 15 },
  ...rowsOf(0),
  { name: 'float16', does: 'float16 against float32', seconds: 40, least: 10 },
  { name: 'run-float32', does: 'a run of 10,000 photos to its end', seconds: 60, least: 20 },
  { name: 'run-float16', does: 'the same in float16', seconds: 45, least: 10 },
  { name: 'fed-32', does: 'end to end at 32 px, with what training waits for photos', seconds: 40, least: 10 },
  { name: 'fed-128', does: 'end to end at 128 px', seconds: 40, least: 10 },
  { name: 'memory', does: 'a batch that does not fit, and going on after it', seconds: 50, least: 15 },
  ...rowsOf(1),
  ...rowsOf(2),
  ...steps.map(({ name, does, row, precision }) => ({
    name: `time-${name}`,
    does: `where the time of a step goes: ${does}`,
    seconds: 40,
    least: 3,
    row: { row, precision },
  })),
];

/**
 * Seconds that the part at this place may take when so many are left for it and all after it: not those that are kept
 * for the others. 0 where there is no time for it.
 */
export function secondsFor(all: readonly Pick<Part, 'seconds' | 'least'>[], place: number, left: number): number {
  const kept = all.slice(place + 1).reduce((sum, { least }) => sum + least, 0);
  const { seconds, least } = all[place]!;
  const given = Math.min(left, Math.max(least, Math.min(seconds, left - kept)));
  return given < 1 ? 0 : given;
}

/** What a part is told. */
export interface Settings {
  /** Small sizes, for a processor that pretends to be a card. */
  rehearse: boolean;
  /** The Python that has PyTorch; null: the first that is found. */
  python: string | null;
  /** Why there is none, as the part `machine` found; null where that is not known. */
  noPython: string | null;
  /** Folder for what parts leave for others. */
  work: string;
  /** The card's own memory in bytes, as the part `machine` found; null where nobody says. */
  memoryBytes: number | null;
  /** What the part has: it ends by itself what would keep it from telling anything. */
  seconds: number;
}

/** How a part ended. `found` is what it had found by then. */
export interface Outcome {
  name: string;
  does: string;
  outcome: 'done' | 'failed' | 'late' | 'left out';
  seconds: number;
  error?: string;
  found?: unknown;
}
