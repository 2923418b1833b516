/** What an experiment shows: its table and its findings, and the words for them in both languages. */
import { describe, expect, it } from 'vitest';
import { LabMeasure } from '../../shared/contract/lab.ts';
import { findings } from '../../shared/lab/findings.ts';
import { tableRows } from '../../shared/lab/table.ts';
import { studies, studyOf } from '../../shared/lab/studies.ts';
import type { StudyId } from '../../shared/lab/studyId.ts';
import { placeholdersOf } from '../../shared/messages/format.ts';
import type { LabKey } from '../../shared/messages/lab.ts';
import { armLabel, findingText, labCatalogues, labLookup, measureDefinition } from '../../shared/messages/lab.ts';
import { cell, keys, tableOf } from '../helpers/labCells.ts';

const languages = ['en', 'zh-CN'] as const;

describe('the table', () => {
  it('has means, spreads and the most frequent verdict over seeds', () => {
    const rows = tableRows(
      tableOf('stop-gradient', [
        cell('with', 0, { knn: 0.5 }),
        cell('without', 0, { knn: 0.2, verdict: 'collapsed' }),
        cell('with', 1, { knn: 0.54 }),
        cell('without', 1, { failed: 'non-finite-loss' }),
      ]),
    );
    expect(rows[0]).toMatchObject({
      armId: 'with',
      reference: true,
      done: 2,
      failed: 0,
      values: [0.5, 0.54],
      untrained: 0.25,
      verdict: 'healthy',
      rank: 40,
    });
    expect(rows[0]!.mean).toBeCloseTo(0.52, 10);
    expect(rows[0]!.spread).toBeCloseTo(0.0282843, 6);
    expect(rows[1]).toMatchObject({ done: 1, failed: 1, values: [0.2], spread: null, verdict: 'diverging' });
  });

  it('is by linear accuracy where it was asked for, and keeps the kNN to compare with the untrained network', () => {
    const rows = tableRows(
      tableOf('stop-gradient', [cell('with', 0, { knn: 0.5, linear: 0.7 }), cell('without', 0, { knn: 0.2 })], {
        measure: 'linear',
      }),
    );
    expect(rows.map(({ mean, probed, untrained }) => [mean, probed, untrained])).toEqual([
      [0.7, 0.5, 0.25],
      [null, 0.2, 0.25],
    ]);
  });
});

describe('findings', () => {
  it('name the collapse of an arm beside a reference that learned, as in the paper', () => {
    const table = tableOf('stop-gradient', [
      cell('with', 0, { knn: 0.5 }),
      cell('without', 0, { knn: 0.15, rank: 2.1, loss: -0.97, verdict: 'collapsed' }),
    ]);
    expect(findings(table)).toEqual([
      { key: 'learned', values: { mean: 50, untrained: 25 }, arms: { reference: ['with'] } },
      {
        key: 'collapsed',
        values: { mean: 15, untrained: 25, loss: -0.97, rank: 2.1, referenceRank: 40 },
        arms: { arm: ['without'], reference: ['with'] },
      },
      { key: 'outcomesAgree', values: {}, arms: {} },
      { key: 'oneSeed', values: { points: 6.2 }, arms: {} },
    ]);
    expect(findingText('en', findings(table)[1]!, 'stop-gradient', 1200)).toBe(
      '“without stop-gradient” collapsed: the loss went to −0.97 while its features use 2.1 directions, against 40.0 of “with stop-gradient”; 15.0 % against 25.0 % before training.',
    );
  });

  it('call a low rank without learning a collapse, whatever the verdict said, and a fixed predictor not learning', () => {
    const cells = [
      cell('decayed', 0, { knn: 0.5 }),
      cell('identity', 0, { knn: 0.2, rank: 6, verdict: 'suspicious' }),
      cell('fixed', 0, { knn: 0.26, rank: 30, loss: -0.1, verdict: 'notLearning' }),
      cell('constant', 0, { knn: 0.51 }),
    ];
    expect(keys(tableOf('predictor', cells))).toEqual([
      'learned',
      'collapsed',
      'notLearned',
      'outcomesAgree',
      'noDifference',
      'oneSeed',
    ]);
  });

  it('say of an arm what its row of the table says, also where its own training shows nothing wrong', () => {
    const outcomes = (cells: ReturnType<typeof cell>[], study: StudyId = 'stop-gradient') =>
      tableRows(tableOf(study, cells)).map(({ verdict, outcome }) => [verdict, outcome]);
    const healthy = [cell('with', 0, { knn: 0.26 }), cell('without', 0, { knn: 0.2, rank: 5 })];
    expect(outcomes(healthy)).toEqual([
      ['healthy', 'notLearned'],
      ['healthy', 'collapsed'],
    ]);
    expect(keys(tableOf('stop-gradient', healthy))).toEqual(
      expect.arrayContaining(['referenceNotLearned', 'collapsed']),
    );
    const learned = [cell('with', 0, { knn: 0.5 }), cell('without', 0, { failed: 'non-finite-loss' })];
    expect(outcomes(learned)).toEqual([
      ['healthy', 'learned'],
      ['diverging', 'diverged'],
    ]);
    expect(keys(tableOf('stop-gradient', learned))).toEqual(expect.arrayContaining(['learned', 'diverged']));
    expect(outcomes([cell('with', 0, { knn: 0.5 })])[1]).toEqual([null, null]);
    const [way] = studyOf('which-way').arms({ images: 1200 });
    expect(outcomes([cell(way!.id, 0, { knn: 0.26 })], 'which-way')[0]).toEqual(['healthy', null]); // of no paper
  });

  it('say so when the reference did not learn, and then nothing of arms that did not either', () => {
    expect(
      keys(tableOf('similarity', [cell('cosine', 0, { knn: 0.26 }), cell('cross-entropy', 0, { knn: 0.27 })])),
    ).toEqual(['referenceNotLearned', 'oneSeed']);
  });

  it('say what is unlike the paper', () => {
    const table = tableOf('heads-bn', [
      cell('none', 0, { knn: 0.25 }),
      cell('hidden', 0, { knn: 0.5 }),
      cell('default', 0, { knn: 0.5 }),
      cell('all', 0, { knn: 0.5 }),
    ]);
    const found = findings(table);
    expect(found.find(({ key }) => key === 'learnsUnlike')!.arms).toEqual({ arms: ['all'] });
    expect(found.find(({ key }) => key === 'failsUnlike')!.arms).toEqual({ arms: ['none'] });
  });

  it('rank only what lies further apart than chance: pairs that agree, differ and cannot be told', () => {
    const knn = { 'd-256': 0.4, 'd-512': 0.55, 'd-1024': 0.56, 'd-2048': 0.48 };
    const table = tableOf(
      'output-dimension',
      Object.entries(knn).map(([armId, value]) => cell(armId, 0, { knn: value })),
    );
    const found = findings(table);
    expect(found.find(({ key }) => key === 'tied')!.arms).toEqual({ arms: ['d-1024', 'd-512'] });
    // pairs a point apart in the paper: 256 with each other one, 2048 with none but 256; 512 and 1024 are .3 apart, 512 and 2048 .9
    expect(found.find(({ key }) => key === 'order')!.values).toEqual({ pairs: 3, agree: 3, differ: 0, same: 0 });
    const best = findings(
      tableOf('similarity', [cell('cosine', 0, { knn: 0.4 }), cell('cross-entropy', 0, { knn: 0.6 })]),
    );
    expect(best.map(({ key }) => key)).toEqual(['learned', 'outcomesAgree', 'best', 'order', 'oneSeed']);
    expect(best.find(({ key }) => key === 'order')!.values).toEqual({ pairs: 1, agree: 0, differ: 1, same: 0 });
  });

  it('take the spread over seeds for chance: a wide one hides the same difference', () => {
    const cells = (spread: number) =>
      [0, 1, 2].flatMap((seed) => [
        cell('cosine', seed, { knn: 0.5 + spread * (seed - 1) }),
        cell('cross-entropy', seed, { knn: 0.42 + spread * (seed - 1) }),
      ]);
    expect(keys(tableOf('similarity', cells(0.005)))).toContain('best');
    expect(keys(tableOf('similarity', cells(0.1)))).toContain('noDifference');
  });

  it('count divergence as a result and another failure as none; are partial while trainings are left', () => {
    const cells = [
      cell('simclr', 0, { knn: 0.5 }),
      cell('swav', 0, { failed: 'compute-failed' }),
      cell('swav-no-stop-gradient', 0, { failed: 'non-finite-loss' }),
      { ...cell('swav-predictor', 0), state: 'running' as const, figures: null },
    ];
    expect(keys(tableOf('relations', cells))).toEqual([
      'partial',
      'learned',
      'failed',
      'diverged',
      'outcomesAgree',
      'oneSeed',
    ]);
    expect(findings(tableOf('relations', cells.slice(1)))).toEqual([]);
  });

  it('go by agreement where there are no labels', () => {
    const table = tableOf(
      'stop-gradient',
      [cell('with', 0, { agreement: 0.6 }), cell('without', 0, { agreement: 0.05, rank: 2, verdict: 'collapsed' })],
      { measure: 'agreement' },
    );
    expect(findings(table)[0]).toMatchObject({ key: 'learned', values: { mean: 60, untrained: 10 } });
  });
});

describe('words', () => {
  it('have the same placeholders in both languages', () => {
    for (const [key, message] of Object.entries(labCatalogues.en))
      expect({ key, placeholders: placeholdersOf(labCatalogues['zh-CN'][key as LabKey]) }).toEqual({
        key,
        placeholders: placeholdersOf(message),
      });
  });

  it.each(languages)('name every study, arm, outcome and measure in %s', (language) => {
    for (const study of studies) {
      for (const part of ['title', 'changes', 'paper'])
        expect(labLookup(language, `study.${study.id}.${part}`), study.id).toBeTruthy();
      const arms = study.arms({ images: 1200 });
      const labels = arms.map((arm) => armLabel(language, study.id, arm.id, 1200));
      for (const [i, label] of labels.entries()) expect(label, arms[i]!.id).not.toMatch(/\{|^$/);
      expect(new Set(labels).size).toBe(labels.length);
      for (const arm of arms)
        expect(
          labLookup(language, `arm.${study.id}.${arm.id}`) ?? labLookup(language, `arm.${study.id}`),
          arm.id,
        ).toBeTruthy();
      for (const { paper } of arms) expect(labLookup(language, `outcome.${paper.outcome}`), paper.outcome).toBeTruthy();
    }
    for (const measure of LabMeasure.options)
      for (const split of ['leave-one-out', 'held-out'] as const)
        expect(measureDefinition(language, { measure, split, asked: 7 })).not.toMatch(/\{/);
  });

  it.each(languages)('leave no placeholder of a finding unfilled in %s', (language) => {
    const seen = new Set<string>();
    const tables = [
      tableOf('predictor', [
        cell('decayed', 0, { knn: 0.5 }),
        cell('identity', 0, { knn: 0.2, rank: 3, verdict: 'collapsed' }),
        cell('fixed', 0, { knn: 0.26 }),
        cell('constant', 0, { knn: 0.1, rank: 30 }),
      ]),
      tableOf('predictor', [
        cell('decayed', 0, { knn: 0.5 }),
        cell('identity', 0, { knn: 0.26, rank: 25, verdict: 'suspicious' }),
        cell('fixed', 0, { failed: 'x' }),
        { ...cell('constant', 0), state: 'queued' },
      ]),
      tableOf(
        'methods',
        [0, 1].flatMap((seed) => [
          cell('simsiam', seed, { knn: 0.5 }),
          cell('byol', seed, { knn: 0.6 }),
          cell('moco', seed, { failed: 'non-finite-loss' }),
        ]),
      ),
      tableOf('output-dimension', [
        cell('d-2048', 0, { knn: 0.5 }),
        cell('d-256', 0, { knn: 0.3 }),
        cell('d-512', 0, { knn: 0.5 }),
      ]),
      tableOf('heads-bn', [
        cell('default', 0, { knn: 0.5 }),
        cell('all', 0, { knn: 0.5 }),
        cell('none', 0, { knn: 0.25 }),
      ]),
      tableOf('similarity', [cell('cosine', 0, { knn: 0.2 }), cell('cross-entropy', 0, { knn: 0.27 })]),
      tableOf('which-way', [cell('gentle', 0, { knn: 0.5 }), cell('continued', 0, { knn: 0.7 })]),
      tableOf('which-way', [cell('gentle', 0, { knn: 0.3 }), cell('continued', 0, { knn: 0.31 })]),
      tableOf('which-way', [cell('gentle', 0, { knn: 0.3 })]),
      tableOf('which-way', [cell('gentle', 0, { failed: 'same-photos' })]),
      tableOf('which-way', [{ ...cell('gentle', 0), figures: { ...cell('gentle', 0).figures!, quality: 0.8 } }], {
        measure: 'quality',
      }),
    ];
    for (const table of tables)
      for (const finding of findings(table)) {
        seen.add(finding.key);
        expect(findingText(language, finding, table.study, 1200), finding.key).not.toMatch(/\{|NaN|undefined/);
      }
    const all = Object.keys(labCatalogues.en)
      .filter((key) => key.startsWith('finding.'))
      .map((key) => key.slice('finding.'.length));
    expect([...seen].sort()).toEqual(all.sort());
  });
});
