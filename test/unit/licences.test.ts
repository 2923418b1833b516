/** The list of licences names all that is shipped and nothing that may not be; it reads back as it was written. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collect, isAllowed, problemsOf, readLock } from '../../scripts/licences/collect.ts';
import { readLicences, writeLicences } from '../../shared/licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = readFileSync(new URL('../../assets/licences.txt', import.meta.url), 'utf8');
const { introduction, sections } = readLicences(file);
const listed = sections.flatMap(({ works }) => works);

describe('the list of licences', () => {
  it('names every production dependency in its version, none too many, all of them allowed', () => {
    expect(problemsOf(readLock(root), listed)).toEqual([]);
  });

  it('misses a dependency that is new, one of another version, and one that may not be shipped', () => {
    const lock = readLock(root);
    expect(problemsOf({ ...lock, 'node_modules/added': { version: '1.0.0', license: 'MIT' } }, listed)).toEqual([
      'added 1.0.0 (MIT) is not listed: run "npm run licences"',
    ]);
    const updated = { ...lock['node_modules/ws']!, version: '99.0.0' };
    expect(problemsOf({ ...lock, 'node_modules/ws': updated }, listed)[0]).toMatch(/^ws 99\.0\.0 .* not listed/);
    const copyleft = { ...lock, 'node_modules/added': { version: '1.0.0', license: 'AGPL-3.0-only' } };
    expect(problemsOf(copyleft, listed)[0]).toMatch(/^added 1\.0\.0 \(AGPL-3\.0-only\): this licence is not among/);
    const ofDevelopment = { version: '1.0.0', license: 'GPL-3.0', dev: true };
    expect(problemsOf({ ...lock, 'node_modules/added': ofDevelopment }, listed)).toEqual([]);
  });

  it('has the text of each licence, the offer of the LGPL and the word on patents', () => {
    for (const { works, text } of sections) expect([works[0]!.name, text.length > 400]).toEqual([works[0]!.name, true]);
    expect(introduction).toMatch(/libvips[\s\S]*may replace them[\s\S]*ask us for the source[\s\S]*HEVC/);
    const under = (name: string) => sections.find(({ works }) => works.some((work) => work.name === name))!.text;
    expect(under('libheif-js')).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(under('@img/sharp-libvips-linux-x64')).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(under('onnxruntime-node')).toContain('THIRD PARTY SOFTWARE NOTICES');
    expect(under('svelte')).toContain('Permission is hereby granted');
  });

  it('is what its generator writes, and reads back', () => {
    expect(writeLicences({ introduction, sections })).toBe(file);
    if (process.platform === 'linux' && process.arch === 'x64') expect(writeLicences(collect(root))).toBe(file);
  });

  it('understands expressions', () => {
    expect(['MIT', '(MIT OR GPL-2.0)', 'Apache-2.0 AND MIT'].map(isAllowed)).toEqual([true, true, true]);
    expect(['GPL-3.0', 'MIT AND GPL-2.0', 'unknown'].map(isAllowed)).toEqual([false, false, false]);
  });
});
