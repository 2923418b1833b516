/** The form refuses weights that the trainer would refuse, by the same shapes. */
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backboneCost, backboneDim, backboneShapes } from '../../shared/backbone.ts';
import { parseConfig } from '../../shared/config.ts';
import { sentenceOf } from '../../shared/sentences.ts';
import { misfit } from '../../src-main/app/runs/weights.ts';
import { featureDim, initialState } from '../../src-main/engine/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('weights');

const backbone = (name: 'resnet18' | 'resnet34' | 'resnet50', width: number, stem: 'imagenet' | 'small' | 'cifar') =>
  parseConfig({ epochs: 1, imageSize: 64, backbone: { name, width, stem } });

/** A file with these tensors and nothing but holes in them: only its head is read. */
function file(name: string, tensors: ReadonlyMap<string, readonly number[]>, prefix = ''): string {
  let end = 0;
  const entries = [...tensors].map(([tensor, shape]) => [
    prefix + tensor,
    { dtype: 'F32', shape, data_offsets: [end, (end += shape.reduce((product, n) => product * n, 4))] },
  ]);
  const head = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(head.length));
  const path = join(directory, name);
  writeFileSync(path, Buffer.concat([size, head]));
  truncateSync(path, size.length + head.length + end);
  return path;
}

describe('one list of layers', () => {
  it.each([
    ['resnet18', 0.25, 'cifar'],
    ['resnet34', 0.5, 'imagenet'],
    ['resnet18', 0.25, 'small'],
    ['resnet50', 0.125, 'imagenet'],
  ] as const)('gives the graph, the cost and the shapes: %s, width %f, %s stem', (name, width, stem) => {
    const config = backbone(name, width, stem);
    const own = new Map(
      [...initialState(config, 16)].flatMap(([tensor, { shape }]) =>
        tensor.startsWith('backbone.') ? [[tensor.slice('backbone.'.length), [...shape]] as const] : [],
      ),
    );
    expect(Object.fromEntries([...backboneShapes(config.backbone)].sort())).toEqual(
      Object.fromEntries([...own].sort()),
    );
    const trained = [...own].filter(([tensor]) => !tensor.includes('.running_') && !tensor.startsWith('running_'));
    const count = trained.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(backboneCost(config.backbone, 64).parameters).toBe(count);
    expect(featureDim(config)).toBe(backboneDim(config.backbone));
  });
});

describe('weights', () => {
  const { backbone: own } = backbone('resnet18', 0.25, 'cifar');
  const shapes = backboneShapes(own);

  it('that fit are taken, with a classifier or a prefix, and only a whole network', async () => {
    expect(await misfit(file('whole.safetensors', new Map([...shapes, ['fc.weight', [10, 128]]])), own)).toBeNull();
    expect(await misfit(file('run.safetensors', new Map([...shapes]), 'backbone.'), own)).toBeNull();
  });

  const refused = async (path: string) => sentenceOf((await misfit(path, own))!, 'en');

  it('of a part of a network are refused with what is missing', async () => {
    const part = new Map([...shapes].filter(([name]) => name !== 'layer4.1.bn2.bias'));
    expect(await refused(file('part.safetensors', part))).toMatch(/^layer4\.1\.bn2\.bias is missing/);
  });

  it('of another network are refused with the settings that fit', async () => {
    const other = file('other.safetensors', backboneShapes(backbone('resnet18', 0.5, 'cifar').backbone));
    expect(await refused(other)).toMatch(
      /^these weights are of another network: set backbone\.name to resnet18, backbone\.width to 0\.5/,
    );
    const foreign = file('foreign.safetensors', new Map([['embeddings.weight', [30_000, 768]]]));
    expect(await refused(foreign)).toMatch(/^none of the given tensors is named/);
  });

  it('in a file that is none are refused', async () => {
    const broken = join(directory, 'broken.safetensors');
    writeFileSync(broken, 'not weights at all');
    expect(await refused(broken)).toMatch(
      /^broken\.safetensors cannot be read as weights .*it is cut off or of another format/,
    );
    writeFileSync(broken, Buffer.concat([Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a": 1')]));
    expect(await refused(broken)).toContain('its header claims 9 bytes of a file of 15');
    writeFileSync(broken, Buffer.concat([Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a": 1')]));
    expect(await refused(broken)).toContain('its header is not JSON');
    const cut = file('cut.safetensors', shapes);
    truncateSync(cut, statSync(cut).size - 1);
    expect(await refused(cut)).toMatch(/^cut\.safetensors cannot .* lies at \d+ to \d+ of \d+ bytes/);
    expect(await refused(join(directory, 'none.safetensors'))).toContain('ENOENT');
  });
});
