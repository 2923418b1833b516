/** What follows from the choice of a method: its defaults, what it refuses, its views, and what a step is fed. */
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../shared/config.ts';
import { lossOf, methodNames, viewsOf } from '../../shared/methods/index.ts';
import { networkCost, trainingFlops } from '../../shared/plan/cost.ts';
import { createSchedule, stepInputsAt } from '../../src-main/trainer/schedule.ts';

describe('defaults of a method', () => {
  it('lie below what is set', () => {
    expect(parseConfig({ method: 'moco' })).toMatchObject({
      temperature: 0.2,
      head: { outputDim: 128, norm: 'none' },
      predictor: { kind: 'identity' },
    });
    expect(parseConfig({ method: 'moco', head: { outputDim: 64 }, predictor: { kind: 'mlp' } })).toMatchObject({
      head: { outputDim: 64, norm: 'none' },
      predictor: { kind: 'mlp' },
    });
    expect(parseConfig({}).predictor.kind).toBe('mlp');
  });

  it('stay as they are when a whole configuration is read again', () => {
    for (const method of methodNames) {
      const config = parseConfig({ method });
      expect(parseConfig(config)).toEqual(config);
    }
  });
});

describe('settings that contradict each other', () => {
  it.each([
    [{ method: 'byol', stopGradient: false }, 'stopGradient'],
    [{ method: 'moco', similarity: 'crossEntropy' }, 'similarity'],
    [{ method: 'simclr', symmetry: 'asymmetric' }, 'symmetry'],
    [{ method: 'swav', innerSteps: 10 }, 'innerSteps'],
    [{ method: 'barlowtwins', stopGradient: true }, 'stopGradient'],
    [{ method: 'fastsiam', symmetry: 'asymmetric2x' }, 'symmetry'],
    [{ stopGradient: false, innerSteps: 'epoch' }, 'innerSteps'],
    [{ method: 'byol', predictor: { kind: 'movingAverage' } }, 'predictor.kind'],
    [{ predictor: { kind: 'movingAverage' }, similarity: 'crossEntropy' }, 'predictor.kind'],
    [{ method: 'swav', imageSize: 48, swav: { smallCrops: 4 } }, 'swav.smallCropSize'],
  ])('%j names %s and the remedy', (input, setting) => {
    let error: unknown;
    try {
      parseConfig(input);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ setting });
    expect((error as Error).message).toMatch(/; (set|use|lower) /);
  });
});

describe('the loss', () => {
  const chance = (input: object) => {
    const loss = lossOf(parseConfig(input));
    return loss.kind === 'cosine' ? null : Math.exp(loss.chance);
  };
  it('of a method is a cosine, or costs so many choices where nothing is known', () => {
    expect(chance({})).toBeNull();
    expect(chance({ method: 'byol' })).toBeNull();
    expect(chance({ similarity: 'crossEntropy', head: { outputDim: 300 } })).toBeCloseTo(300);
    expect(chance({ method: 'simclr', batchSize: 64 })).toBeCloseTo(127);
    expect(chance({ method: 'moco', moco: { queueSize: 500 } })).toBeCloseTo(501);
    expect(chance({ method: 'swav', swav: { prototypes: 70 } })).toBeCloseTo(70);
    expect(lossOf(parseConfig({ method: 'barlowtwins' }))).toEqual({ kind: 'other', chance: 1 });
    expect(lossOf(parseConfig({ method: 'vicreg', vicreg: { variance: 7 } }))).toEqual({ kind: 'other', chance: 7 });
  });
});

describe('views of a photo', () => {
  it('are two, two pairs, or large and small ones', () => {
    expect(viewsOf(parseConfig({ imageSize: 64 }))).toEqual([{ size: 64 }, { size: 64 }]);
    expect(viewsOf(parseConfig({ imageSize: 64, symmetry: 'asymmetric2x' }))).toHaveLength(4);
    expect(viewsOf(parseConfig({ method: 'fastsiam', fastsiam: { views: 5 } }))).toHaveLength(5);
    const crops = viewsOf(parseConfig({ method: 'swav', imageSize: 96, swav: { smallCrops: 3, smallCropSize: 32 } }));
    expect(crops.map(({ size }) => size)).toEqual([96, 96, 32, 32, 32]);
    expect(crops[0]!.cropScaleMin).toBe(crops[4]!.cropScaleMax);
  });

  it('are what a step costs: gradient passes threefold, passes for targets once', () => {
    const passes = (input: object) => {
      const config = parseConfig({ head: { outputDim: 128 }, ...input });
      return trainingFlops(config) / (2 * networkCost(config).forwardMacs);
    };
    expect(passes({})).toBe(6);
    expect(passes({ symmetry: 'asymmetric' })).toBe(4);
    expect(passes({ symmetry: 'asymmetric2x' })).toBe(8);
    expect(passes({ method: 'byol' })).toBe(8);
    expect(passes({ innerSteps: 10 })).toBe(8);
    expect(passes({ method: 'fastsiam' })).toBe(12);
    expect(passes({ method: 'swav', imageSize: 96, swav: { smallCrops: 4 } })).toBe(9);
  });
});

describe('what a step is fed', () => {
  const fed = (input: object) => {
    const config = parseConfig(input);
    const schedule = createSchedule(config, 5, 20);
    return Array.from({ length: 20 }, (_, step) => stepInputsAt(config, schedule, step));
  };
  const momenta = (input: object) => fed(input).map((inputs) => inputs.method.targetMomentum);

  it('takes the network over at the start of each alternation', () => {
    expect(momenta({ innerSteps: 3 }).slice(0, 7)).toEqual([0, 1, 1, 0, 1, 1, 0]);
    expect(momenta({ innerSteps: 'epoch' }).flatMap((m, step) => (m === 0 ? [step] : []))).toEqual([0, 5, 10, 15]);
  });

  it('follows by a constant momentum in MoCo and by one that rises to 1 in BYOL, from the network itself', () => {
    expect(momenta({ method: 'moco', moco: { momentum: 0.9 } })).toEqual([0, ...Array<number>(19).fill(0.9)]);
    const byol = momenta({ method: 'byol', byol: { momentum: 0.9 } });
    expect(byol[0]).toBe(0);
    expect(byol[1]).toBeCloseTo(0.9, 12);
    for (let step = 2; step < 20; step++) expect(byol[step]).toBeGreaterThan(byol[step - 1]!);
    expect(byol[11]).toBeCloseTo(0.95, 12);
    expect(byol[19]).toBeLessThan(1);
  });

  it('leaves the prototypes as they are for the first epoch', () => {
    const rates = fed({ method: 'swav', swav: { freezeEpochs: 1 } });
    expect(rates.slice(0, 5).every((r) => r.method.prototypeLearningRate === 0 && r.learningRate > 0)).toBe(true);
    expect(rates.slice(5).every((r) => r.method.prototypeLearningRate === r.learningRate)).toBe(true);
  });
});
