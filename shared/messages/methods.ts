/** What the methods are called, in every language alike: in the choice of a method, over its settings, and as arms of the Lab. */
import type { MethodName } from '../methods/index.ts';

const titles: Record<MethodName, string> = {
  simsiam: 'SimSiam',
  fastsiam: 'FastSiam',
  simclr: 'SimCLR',
  moco: 'MoCo v2',
  byol: 'BYOL',
  swav: 'SwAV',
  barlowtwins: 'Barlow Twins',
  vicreg: 'VICReg',
};

/** The names as entries of a catalogue, the same in both languages: 'option.method.moco'. */
export const methodTitles = <Prefix extends string>(prefix: Prefix) =>
  Object.fromEntries(Object.entries(titles).map(([name, title]) => [`${prefix}.${name}`, [title, title] as const])) as {
    [Name in MethodName as `${Prefix}.${Name}`]: readonly [string, string];
  };
