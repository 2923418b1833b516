"""Embeds every photo of photos.jsonl with the newest checkpoint, on any number of processes:

    torchrun --nproc_per_node 8 embed.py

Each rank writes its part as .npy, float32 [photos, D], in the order of the list; `lookalike import` puts them together."""
import argparse
import json
import os

import numpy as np
import torch
from torch.utils.data import DataLoader

import ranks
from network import Network
from photos import Photos
from state import CHECKPOINT, crc, newest, written

HERE = os.path.dirname(os.path.abspath(__file__))


class Evaluated:
    def __init__(self, photos, first, end):
        self.photos, self.first, self.end = photos, first, end

    def __len__(self):
        return self.end - self.first

    def __getitem__(self, i):
        """(row, image), the row -1 where the photo cannot be read: it has no embedding then."""
        try:
            return self.first + i, self.photos.evaluationImage(self.first + i)
        except (OSError, ValueError, SyntaxError):
            side = self.photos.config['imageSize']
            return -1, np.zeros((3, side, side), np.float32)


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description='Embeds the photos of this folder.')
    p.add_argument('--photos', metavar='DIR')
    p.add_argument('--out', default=os.path.join(HERE, 'results'))
    p.add_argument('--workers', type=int, default=None, metavar='N')
    p.add_argument('--batch', type=int, default=256, metavar='N')
    args = p.parse_args()
    device = ranks.begin()
    with open(os.path.join(HERE, 'run.json'), encoding='utf8') as file:
        run = json.load(file)
    photos = Photos(HERE, run, args.photos)
    photos.require()
    tensors, facts = newest(os.path.join(args.out, 'checkpoints'), os.path.join(HERE, 'start.safetensors'))
    net = Network(run['config'], run['layers'])
    net.load_state_dict(tensors, strict=False)  # its tensors are all there: they were checked when it was written
    backbone = net.backbone.to(device).eval()

    n, folder = len(photos.rows), os.path.join(args.out, 'embeddings')
    first, end = (n * r // ranks.world for r in (ranks.rank, ranks.rank + 1))
    workers = args.workers if args.workers is not None else (8 if device.type == 'cuda' else 0)
    rows, vectors = [], []
    for places, x in DataLoader(Evaluated(photos, first, end), batch_size=args.batch, num_workers=workers):
        kept = places >= 0
        rows += places[kept].tolist()
        vectors.append(backbone(x[kept].to(device)).float().cpu().numpy())
    data = np.concatenate(vectors) if vectors else np.zeros((0, run['dimensions']), np.float32)
    name = f'part-{ranks.rank:05d}.npy'
    os.makedirs(folder, exist_ok=True)
    part = os.path.join(folder, name)
    np.save(part + '.tmp.npy', data)
    os.replace(part + '.tmp.npy', part)
    own = {'file': name, 'ids': [photos.rows[row]['id'] for row in rows], 'crc': crc(np.ascontiguousarray(data).tobytes())}
    parts = ranks.objects(own)
    if ranks.rank == 0:
        index = {'step': facts['step'], 'epoch': facts['epoch'], 'dimensions': data.shape[1], 'parts': parts}
        written(os.path.join(folder, 'index.json'), [json.dumps(index).encode()])
        count = sum(len(p['ids']) for p in parts)
        print(json.dumps({'event': 'embedded', 'run': run['run'], 'images': count, 'skipped': n - count, 'step': facts['step']}))


if __name__ == '__main__':
    main()
