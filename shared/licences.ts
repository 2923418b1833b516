/**
 * The file of licences that every package carries (assets/licences.txt): an introduction, then a section for each
 * licence text with the works that are under it. `npm run licences` writes it, the window reads it.
 */
export interface Work {
  name: string;
  version: string;
  /** SPDX expression. */
  licence: string;
  /** Where its source is; '' where its package does not say. */
  source: string;
}

export interface LicenceSection {
  works: Work[];
  text: string;
}

export interface Licences {
  introduction: string;
  sections: LicenceSection[];
}

const thick = `\n${'='.repeat(80)}\n`;
const thin = `\n${'-'.repeat(80)}\n`;
const bar = ' | ';

export function writeLicences({ introduction, sections }: Licences): string {
  return [
    introduction,
    ...sections.map(({ works, text }) => {
      const lines = works.map(({ name, version, licence, source }) => [name, version, licence, source].join(bar));
      return `${lines.join('\n')}${thin}${text}`;
    }),
  ]
    .join(`\n${thick}`)
    .concat('\n');
}

export function readLicences(file: string): Licences {
  const [introduction = '', ...sections] = file.replace(/\n$/, '').split(`\n${thick}`);
  return {
    introduction,
    sections: sections.map((section) => {
      const at = section.indexOf(thin);
      const works = section.slice(0, at).split('\n');
      return {
        works: works.map((line) => {
          const [name = '', version = '', licence = '', source = ''] = line.split(bar);
          return { name, version, licence, source };
        }),
        text: section.slice(at + thin.length),
      };
    }),
  };
}
