/** The cluster's Python draws the numbers that training draws here, and has every method and optimizer; without PyTorch. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { clusterScripts } from '../../shared/cluster.ts';
import { OptimizerConfig } from '../../shared/config/learning.ts';
import { methodNames } from '../../shared/methods/index.ts';
import { drawParameters } from '../../src-main/images/index.ts';
import { philox } from '../../src-main/images/augment/philox.ts';

const scripts = fileURLToPath(new URL('../../src-main/cluster/', import.meta.url));
const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', 'import hashlib']).status === 0);
if (!found)
  process.stderr.write('passed over, as there is no python3: counted numbers in test/app/clusterNumbers.test.ts\n');
/** What Python prints as JSON. */
const python = (code: string): unknown => {
  const { stdout, stderr } = spawnSync(
    found!,
    ['-B', '-c', `import sys, json\nsys.path.insert(0, ${JSON.stringify(scripts)})\n${code}`],
    { encoding: 'utf8' },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
};

describe.skipIf(!found)('the numbers that Python draws', () => {
  it('are those of Philox here', () => {
    const counters: [number, number, number, number][] = [
      [0, 0, 0, 0],
      [1, 2, 3, 4],
      [0xffffffff, 0xfffffffe, 0x80000000, 7],
    ];
    const keys = [0, 5, 0xffffffff];
    const code = `from counted import philox\nprint(json.dumps([philox(c, a, b) for c in ${JSON.stringify(counters)} for a in ${JSON.stringify(keys)} for b in ${JSON.stringify(keys)}]))`;
    expect(python(code)).toEqual(counters.flatMap((c) => keys.flatMap((a) => keys.map((b) => philox(c, a, b)))));
  });

  it('make the views of here: crop, flips, jitter and its order, grey, blur', () => {
    const { augment } = parseConfig({ augment: { verticalFlip: 0.4 } });
    // photos of many shapes, one of which no crop of the ratios fits
    const asked = Array.from({ length: 60 }, (_, i) => ({
      ...{ epoch: i % 7, id: `photo ${i} 照片`, view: i % 5 === 0 ? 1000 : i % 2 },
      ...(i % 9 === 0 ? { width: 1, height: 3000 } : { width: 30 + 7 * i, height: 200 - 2 * i }),
    }));
    const code = `from counted import draw\naugment = json.loads(${JSON.stringify(JSON.stringify(augment))})\nprint(json.dumps([draw(augment, 3, a['epoch'], a['id'], a['view'], a['width'], a['height']) for a in json.loads(${JSON.stringify(JSON.stringify(asked))})]))`;
    const drawn = asked.map(({ epoch, id, view, width, height }) => {
      const {
        crop,
        flip,
        verticalFlip,
        jitter,
        grayscale,
        blurSigma: sigma,
      } = drawParameters(augment, 3, epoch, id, view, width, height);
      return {
        crop: [crop.x, crop.y, crop.width, crop.height],
        ...{ flip, verticalFlip, grayscale, sigma },
        jitter: jitter && jitter.order.map((step) => [step, jitter[step]]),
      };
    });
    expect(python(code)).toEqual(drawn);
    expect(new Set(drawn.map(({ flip }) => flip)).size).toBe(2);
    expect(drawn.some(({ jitter }) => jitter === null)).toBe(true);
  });
});

it('has every method and optimizer in Python', () => {
  const [methods, learning] = ['methods.py', 'learning.py'].map((name) => readFileSync(join(scripts, name), 'utf8'));
  for (const name of methodNames) expect(methods).toContain(`    def ${name}(self, views, numbers):`);
  for (const name of OptimizerConfig.unwrap().shape.name.unwrap().options)
    expect(learning).toContain(`    def ${name}(self, name, p, gradient, rate):`);
  expect(readdirSync(scripts).sort()).toEqual([...clusterScripts].sort());
});
