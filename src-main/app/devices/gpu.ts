/** A graphics card as the operating system describes it; the readers are one file for each system. */
export interface Gpu {
  name: string;
  vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';
  kind: 'discrete' | 'integrated' | 'software' | 'unknown';
  /** Its own memory, bytes; null where it shares the computer's or none is reported. */
  memoryBytes: number | null;
  driver: string | null;
  /** Whether a screen shows what it draws; left out where nobody says. */
  drivesScreen?: boolean;
}

export const vendorOf = (text: string): Gpu['vendor'] => {
  if (/nvidia|geforce|quadro|tesla|10de/i.test(text)) return 'nvidia';
  if (/\bamd\b|advanced micro|\bati\b|radeon|1002|1022/i.test(text)) return 'amd';
  if (/intel|8086/i.test(text)) return 'intel';
  if (/apple/i.test(text)) return 'apple';
  return 'other';
};

/** Cards of their own before those inside a processor, those before what the processor pretends to be. */
const order: readonly Gpu['kind'][] = ['discrete', 'unknown', 'integrated', 'software'];

/** The one a runtime takes that was not told which: the strongest. */
export const strongest = (gpus: readonly Gpu[]): Gpu | null =>
  [...gpus].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0),
  )[0] ?? null;
