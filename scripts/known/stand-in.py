"""A stand-in for known weights: a ResNet-18 trained with labels on folders of classes, saved as PyTorch saves checkpoints.

    python3 scripts/known/stand-in.py TRAIN TEST --out known.pth [--width 0.25] [--stem small] [--epochs 60] [--seed 0]

TRAIN and TEST hold a folder for each class, of photos of one size. The file has the classifier, the counters and the
prefix of DataParallel, as such files from elsewhere do. Needs torch, numpy and Pillow.
"""
import argparse
import math
import os
import time

import numpy
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


class Block(nn.Module):
    def __init__(self, given, made, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(given, made, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(made)
        self.conv2 = nn.Conv2d(made, made, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(made)
        self.downsample = None
        if stride > 1 or given != made:
            self.downsample = nn.Sequential(nn.Conv2d(given, made, 1, stride, bias=False), nn.BatchNorm2d(made))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """x [N, 3, H, W] -> logits [N, classes], under torchvision's names."""

    def __init__(self, width, stem, classes):
        super().__init__()
        sizes = [max(8, round(64 * 2**i * width / 8) * 8) for i in range(4)]
        kernel, stride = {'imagenet': (7, 2), 'small': (3, 2), 'cifar': (3, 1)}[stem]
        self.pooled = stem == 'imagenet'
        self.conv1 = nn.Conv2d(3, sizes[0], kernel, stride, kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(sizes[0])
        given = sizes[0]
        for i, made in enumerate(sizes):
            stage = nn.Sequential(Block(given, made, 2 if i else 1), Block(made, made, 1))
            self.add_module(f'layer{i + 1}', stage)
            given = made
        self.fc = nn.Linear(given, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        if self.pooled:
            x = F.max_pool2d(x, 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(x.mean((2, 3)))


def read(folder):
    """Photos [N, 3, H, W] from 0 to 1, and their classes [N] in the order of the folders' names."""
    photos, labels = [], []
    for number, name in enumerate(sorted(os.listdir(folder))):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            with Image.open(os.path.join(folder, name, file)) as image:
                photos.append(numpy.asarray(image.convert('RGB')))
            labels.append(number)
    return torch.from_numpy(numpy.stack(photos)).permute(0, 3, 1, 2).float() / 255, torch.tensor(labels)


def seen(photos, random):
    """Each photo mirrored or not, cut out at another size, its brightness, contrast and colour changed."""
    count, _, height, width = photos.shape
    uniform = lambda low, high, *shape: torch.rand(*shape, generator=random) * (high - low) + low
    size = uniform(0.5, 1, count).sqrt()
    mirrored = torch.where(torch.rand(count, generator=random) < 0.5, -1.0, 1.0)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = size * mirrored, size
    theta[:, 0, 2], theta[:, 1, 2] = uniform(-1, 1, count) * (1 - size), uniform(-1, 1, count) * (1 - size)
    grid = F.affine_grid(theta, (count, 3, height, width), align_corners=False)
    x = F.grid_sample(photos, grid, align_corners=False, padding_mode='reflection')
    x = x * uniform(0.7, 1.3, count, 1, 1, 1)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = mean + (x - mean) * uniform(0.7, 1.3, count, 1, 1, 1)
    grey = x.mean(1, keepdim=True)
    return (grey + (x - grey) * uniform(0.5, 1.5, count, 1, 1, 1)).clamp(0, 1)


def normalised(x):
    return (x - MEAN[:, None, None]) / DEVIATION[:, None, None]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('train')
    parser.add_argument('test')
    parser.add_argument('--out', required=True)
    parser.add_argument('--width', type=float, default=0.25)
    parser.add_argument('--stem', default='small')
    parser.add_argument('--epochs', type=int, default=60)
    parser.add_argument('--batch', type=int, default=128)
    parser.add_argument('--rate', type=float, default=0.1)
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    random = torch.Generator().manual_seed(args.seed)
    photos, labels = read(args.train)
    test, test_labels = read(args.test)
    network = ResNet18(args.width, args.stem, int(labels.max()) + 1)
    optimizer = torch.optim.SGD(network.parameters(), lr=args.rate, momentum=0.9, weight_decay=5e-4, nesterov=True)
    steps = len(photos) // args.batch
    for epoch in range(args.epochs):
        network.train()
        order = torch.randperm(len(photos), generator=random)
        for i in range(steps):
            done = (epoch * steps + i) / (args.epochs * steps)
            optimizer.param_groups[0]['lr'] = args.rate * min(1, 20 * done + 0.05) * (1 + math.cos(math.pi * done)) / 2
            some = order[i * args.batch : (i + 1) * args.batch]
            loss = F.cross_entropy(network(normalised(seen(photos[some], random))), labels[some], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch % 5 == 4 or epoch == args.epochs - 1:
            network.eval()
            with torch.no_grad():
                right = sum(
                    int((network(normalised(test[i : i + 250])).argmax(1) == test_labels[i : i + 250]).sum())
                    for i in range(0, len(test), 250)
                )
            print(f'epoch {epoch + 1}: loss {loss.item():.3f}, right {right / len(test):.3f}, {time.process_time():.0f} processor s', flush=True)
            state = {f'module.{name}': tensor for name, tensor in network.state_dict().items()}
            torch.save({'epoch': epoch + 1, 'arch': 'resnet18', 'state_dict': state}, args.out)


if __name__ == '__main__':
    main()
