"""
A stand-in for a known encoder: a small ResNet trained with labels on a folder of classes, exported to ONNX as its pooled
features. Only for measuring what a teacher is worth (docs/recipes/known.md): the photos to be asked are not among those.

    python3 scripts/teacher.py TRAIN TEST teacher.onnx --seconds 3900 [--width 32] [--threads 1]
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def photos(folder):
    classes = sorted(each.name for each in folder.iterdir() if each.is_dir())
    files = [(file, i) for i, name in enumerate(classes) for file in sorted((folder / name).iterdir())]
    pixels = np.stack([np.asarray(Image.open(file).convert('RGB').resize((32, 32), Image.BILINEAR)) for file, _ in files])
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    x = (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    return x, torch.tensor([label for _, label in files]), len(classes)


def block(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(block(channels, channels), block(channels, channels))

    def forward(self, x):
        return x + self.body(x)


class Encoder(nn.Sequential):
    """Nine layers, as in the fast recipes for this size of picture: [N, 3, 32, 32] -> [N, 8 width]."""

    def __init__(self, width):
        super().__init__(block(3, width), block(width, 2 * width), nn.MaxPool2d(2), Residual(2 * width),
                         block(2 * width, 4 * width), nn.MaxPool2d(2),
                         block(4 * width, 8 * width), nn.MaxPool2d(2), Residual(8 * width),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten())


def augmented(x, rng):
    n = len(x)
    padded = F.pad(x, (4, 4, 4, 4), mode='reflect')
    top, left = rng.integers(0, 9, (2, n))
    out = torch.stack([padded[i, :, t:t + 32, l:l + 32] for i, (t, l) in enumerate(zip(top, left))])
    flip = torch.from_numpy(rng.random(n) < 0.5)
    out[flip] = out[flip].flip(3)
    y, z = rng.integers(0, 25, (2, n))
    for i in range(n):  # cutout of a quarter of the side
        out[i, :, y[i]:y[i] + 8, z[i]:z[i] + 8] = 0
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('train', type=Path)
    parser.add_argument('test', type=Path)
    parser.add_argument('out', type=Path)
    parser.add_argument('--seconds', type=float, default=900, help='of processor time')
    parser.add_argument('--width', type=int, default=32, help='channels of the first layer')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rate', type=float, default=0.2)
    parser.add_argument('--batch', type=int, default=128)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    rng = np.random.default_rng(0)
    x, labels, classes = photos(args.train)
    encoder, head = Encoder(args.width), nn.Linear(8 * args.width, classes)
    network = nn.Sequential(encoder, head)
    decayed = [p for p in network.parameters() if p.dim() > 1]
    rest = [p for p in network.parameters() if p.dim() <= 1]
    optimizer = torch.optim.SGD([{'params': decayed, 'weight_decay': 5e-4}, {'params': rest, 'weight_decay': 0}],
                                lr=args.rate, momentum=0.9, nesterov=True)
    began, steps = time.process_time(), 0
    while (spent := time.process_time() - began) < args.seconds:  # epochs until the time is over
        for rows in torch.from_numpy(rng.permutation(len(x))).split(args.batch):
            share = (time.process_time() - began) / args.seconds
            if len(rows) < args.batch or share >= 1:
                continue
            for group in optimizer.param_groups:  # up for a tenth, then down to nothing
                group['lr'] = args.rate * min(10 * share, (1 - share) / 0.9)
            loss = F.cross_entropy(network(augmented(x[rows], rng)), labels[rows], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
        print(f'{time.process_time() - began:.0f} s, {steps} steps, loss {loss.item():.3f}', flush=True)
    network.eval()
    asked, answers, _ = photos(args.test)
    with torch.no_grad():
        found = torch.cat([network(part).argmax(1) for part in asked.split(250)])
    print(f'{steps} steps in {spent:.0f} processor seconds; right for {(found == answers).float().mean():.4f}')
    torch.onnx.export(encoder, x[:2], args.out, opset_version=14, input_names=['pixel_values'],
                      output_names=['features'], dynamic_axes={'pixel_values': {0: 'batch'}, 'features': {0: 'batch'}})
    # the form is read from the file's folder: photos are shown whole, as they were here
    (args.out.parent / 'preprocessor_config.json').write_text(json.dumps(
        {'size': {'height': 32, 'width': 32}, 'do_center_crop': False, 'image_mean': MEAN, 'image_std': STD}))


main()
