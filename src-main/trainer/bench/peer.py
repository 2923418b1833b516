"""PyTorch's side of the benchmarks: sets up one work of work.ts and runs it as often as it is asked, one line of
JSON in, one out. Convolutions in channels-last order, as is fastest on a CPU (oneDNN) and, in float16, on a CUDA
device (cuDNN). Beside another device of Lookalike's than the processor, PyTorch's is CUDA."""
import contextlib
import glob
import json
import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Block(nn.Module):
    """Two convolutions of 3 x 3, or with `narrow` channels 1 x 1, 3 x 3 and 1 x 1, beside a shortcut."""

    def __init__(self, inputs, outputs, stride, narrow=None):
        super().__init__()
        shapes = [(inputs, outputs, 3, stride), (outputs, outputs, 3, 1)]
        if narrow:
            shapes = [(inputs, narrow, 1, 1), (narrow, narrow, 3, stride), (narrow, outputs, 1, 1)]
        layers = []
        for i, o, k, s in shapes:
            layers += [nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
        nn.init.zeros_(layers[-2].weight)
        self.residual = nn.Sequential(*layers[:-1])
        plain = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if plain else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.residual(x) + self.shortcut(x), inplace=True)


def backbone(width, stem, name='resnet18'):
    """A ResNet as torchvision's, which not every PyTorch comes with."""
    deep = name == 'resnet50'
    first = max(8, round(64 * width / 8) * 8)
    channels = [max(8, round(64 * 2**i * width / 8) * 8) for i in range(4)]
    if stem == 'cifar':
        layers = [nn.Conv2d(3, first, 3, 1, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True)]
    else:
        layers = [nn.Conv2d(3, first, 7, 2, 3, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    inputs = first
    for stage, (c, blocks) in enumerate(zip(channels, [3, 4, 6, 3] if deep else [2, 2, 2, 2])):
        outputs = 4 * c if deep else c
        for block in range(blocks):
            layers.append(Block(inputs, outputs, 2 if stage > 0 and block == 0 else 1, c if deep else None))
            inputs = outputs
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    for m in net.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode='fan_out', nonlinearity='relu')
    return net, inputs


def hidden(inputs, units):
    return [nn.Linear(inputs, units, bias=False), nn.BatchNorm1d(units), nn.ReLU(inplace=True)]


def network(width, stem, layers, name='resnet18', units=2048, bottleneck=512):
    """f = backbone and projector, h = predictor."""
    net, features = backbone(width, stem, name)
    projector = []
    for layer in range(layers - 1):
        projector += hidden(features if layer == 0 else units, units)
    projector += [nn.Linear(units, units, bias=False), nn.BatchNorm1d(units, affine=False)]
    f = nn.Sequential(net, *projector).to(memory_format=torch.channels_last)
    h = nn.Sequential(*hidden(units, bottleneck), nn.Linear(bottleneck, units))
    return f, h


def training(work):
    """A step, which returns without waiting for a CUDA device."""
    stem = work.get('stem', 'cifar')
    cuda = work.get('device', 'cpu') != 'cpu'
    if cuda and not torch.cuda.is_available():
        raise RuntimeError('this PyTorch sees no CUDA device: name another with --python PATH, or leave --peer out')
    device = 'cuda' if cuda else 'cpu'
    half = work.get('precision') == 'float16'
    torch.backends.cudnn.benchmark = cuda
    small = work.get('heads') == 'small'
    heads = (512, 128) if small else (2048, 512)
    f, h = network(work['width'], stem, 2 if small or stem == 'cifar' else 3, work.get('backbone', 'resnet18'), *heads)
    f, h = f.to(device), h.to(device)
    parameters = [*f.parameters(), *h.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, weight_decay=1e-4)
    if work.get('compiled'):
        if not hasattr(torch, 'compile'):
            raise RuntimeError(f'PyTorch {torch.__version__} has no torch.compile')
        f, h = torch.compile(f), torch.compile(h)
    scaler = torch.amp.GradScaler('cuda', enabled=half and cuda) if hasattr(torch.amp, 'GradScaler') else torch.cuda.amp.GradScaler(enabled=half and cuda)

    def step(x1, x2):
        x1, x2 = (x.to(device).contiguous(memory_format=torch.channels_last) for x in (x1, x2))
        with torch.autocast(device_type='cuda', enabled=half) if cuda else contextlib.nullcontext():
            z1, z2 = f(x1), f(x2)
            p1, p2 = h(z1), h(z2)
            loss = -(F.cosine_similarity(p1, z2.detach()).mean() + F.cosine_similarity(p2, z1.detach()).mean()) / 2
        optimizer.zero_grad(set_to_none=True)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss

    return step


def augmentation(size, blur):
    from torchvision import transforms as T

    steps = [
        T.RandomResizedCrop(size, scale=(0.2, 1)),
        T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        T.RandomGrayscale(p=0.2),
    ]
    if blur:
        from PIL import ImageFilter
        import random

        steps.append(T.RandomApply([T.Lambda(lambda x: x.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2))))], p=0.5))
    return T.Compose([*steps, T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(MEAN, STD)])


class Views(torch.utils.data.Dataset):
    """Photos decoded beforehand, as the other side's cache holds them."""

    def __init__(self, folder, transform):
        from PIL import Image

        self.images = [Image.open(path).convert('RGB') for path in sorted(glob.glob(os.path.join(folder, '*.jpg')))]
        self.transform = transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.transform(self.images[i]), self.transform(self.images[i])


def forever(loader):
    while True:
        yield from loader


def set_up(work):
    kind = work['kind']
    torch.set_num_threads(work['threads'])
    if kind == 'step':
        step = training(work)
        views = [torch.randn(work['batch'], 3, work['size'], work['size']) for _ in range(2)]

        def steps():
            for _ in range(work['steps']):
                loss = step(*views)
            return loss.item()  # waits for the device

        return steps
    if kind == 'endToEnd':
        step = training(work)
        data = Views(work['images'], augmentation(work['size'], blur=False))
        workers = max(1, work['threads'] - 1)
        batches = forever(torch.utils.data.DataLoader(data, work['batch'], shuffle=True, drop_last=True, num_workers=workers, persistent_workers=True))
        return lambda: [step(*next(batches)).item() for _ in range(work['steps'])]
    if kind == 'augment':
        from PIL import Image

        torch.set_num_threads(1)
        image = Image.open(work['image']).convert('RGB')
        transform = augmentation(work['size'], blur=True)
        return lambda: [transform(image) for _ in range(work['views'])]
    if kind == 'embed':
        f, h = network(1, 'imagenet', 3)
        f.eval(), h.eval()
        images = torch.randn(work['count'], 3, work['size'], work['size'])

        def embed():
            with torch.inference_mode():
                return [h(f(part.contiguous(memory_format=torch.channels_last))) for part in images.split(64)]

        return embed
    if kind == 'knn':
        vectors = F.normalize(torch.randn(work['vectors'], work['dimension']))
        query = F.normalize(torch.randn(1, work['dimension']))
        return lambda: [(query @ vectors.T).topk(work['neighbours']) for _ in range(work['queries'])]
    raise ValueError(f'there is no counterpart of {kind}')


def main():
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        if 'setUp' in request:
            run = set_up(request['setUp'])
        else:
            run()
        seconds = time.perf_counter() - began
        unit = 1 if sys.platform == 'darwin' else 1024
        memory = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({'seconds': seconds, 'memory': memory}), flush=True)


if __name__ == '__main__':
    main()
