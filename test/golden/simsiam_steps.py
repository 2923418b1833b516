"""Ten SimSiam steps of a narrow ResNet in PyTorch, weights and views given: the loss of every step, the change of
every tensor over the ten, the momenta, and what the network then computes in evaluation mode.

Weights and views are counted(name), which the test computes too. Writes simsiam_steps_<case>.bin.gz beside itself: a
JSON header line, then for each tensor float16 data to be multiplied by its `scale`. The ResNet-50 case keeps the norm
of each change instead of the change. Computed in float64, so that all
rounding in the comparison is the engine's; at higher learning rates a sign that rounding flips under a ReLU grows into
another trajectory, in PyTorch's own float32 as well.

Run: /usr/bin/python3 test/golden/simsiam_steps.py (torch 1.13, torchvision). The network is torchvision's own ResNet
with its channel counts scaled; heads, loss and optimizer are written out from the paper.
"""
import gzip, json, pathlib
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet



def counted(name, shape, bound):
    """Values in (-bound, bound) that depend on name and position alone: murmur3's finaliser of FNV-1a(name) + i."""
    key = 0x811C9DC5
    for byte in name.encode():
        key = ((key ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(int(np.prod(shape)), dtype=np.uint64) * 0x9E3779B9 + key) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    x = x ^ (x >> 16)
    return torch.from_numpy(((x.astype(np.float64) + 0.5) / 2 ** 31 - 1) * bound).float().reshape(shape)


STEPS, MOMENTUM, DECAY = 10, 0.9, 5e-4


def narrow_resnet(block, blocks, width, stem):
    """torchvision's ResNet with `width` times the channels."""
    net = ResNet(block, blocks, zero_init_residual=True)
    c = lambda n: int(n * width)
    net.inplanes = c(64)
    net.base_width = 64
    net.conv1 = nn.Conv2d(3, c(64), 3, 1, 1, bias=False) if stem == 'cifar' else nn.Conv2d(3, c(64), 7, 2, 3, bias=False)
    if stem == 'cifar':
        net.maxpool = nn.Identity()
    net.bn1 = nn.BatchNorm2d(c(64))
    net.layer1 = net._make_layer(block, c(64), blocks[0])
    net.layer2 = net._make_layer(block, c(128), blocks[1], stride=2)
    net.layer3 = net._make_layer(block, c(256), blocks[2], stride=2)
    net.layer4 = net._make_layer(block, c(512), blocks[3], stride=2)
    net.fc = nn.Identity()
    return net, c(512) * block.expansion


def initial(name, shape):
    """Weights by fan-in; scales of batch normalisation near 1, near 0.3 at the end of blocks; biases small."""
    if len(shape) > 1:
        return counted(name, shape, (3 / np.prod(shape[1:])) ** 0.5)
    if name.endswith('bias'):
        return counted(name, shape, 0.1)
    return counted(name, shape, 0.1) + (0.3 if 'layer' in name and ('bn2' in name or 'bn3' in name) else 1)


class SimSiam(nn.Module):
    def __init__(self, block, blocks, width, stem, hidden, d, predictor_hidden):
        super().__init__()
        self.backbone, features = narrow_resnet(block, blocks, width, stem)
        self.projector = nn.Sequential(
            nn.Linear(features, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU(),
            nn.Linear(hidden, d, bias=False), nn.BatchNorm1d(d, affine=False))
        self.predictor = nn.Sequential(
            nn.Linear(d, predictor_hidden, bias=False), nn.BatchNorm1d(predictor_hidden), nn.ReLU(),
            nn.Linear(predictor_hidden, d))


def D(p, z, stop):
    return -F.cosine_similarity(p, z.detach() if stop else z, dim=1).mean()


def run(case, block, blocks, stem, size, batch, lr, stop=True, keep='all'):
    net = SimSiam(block, blocks, 0.125, stem, 64, 48, 16).double().train()
    named = dict(net.named_parameters())
    with torch.no_grad():
        for name, p in named.items():
            p.copy_(initial(name, p.shape))
    x1, x2 = (counted(name, (batch, 3, size, size), 2).double() for name in ('view1', 'view2'))
    x2 = (x1 + x2) / 2
    predictor_lr = lr * 1.5
    optimizer = torch.optim.SGD([
        {'params': [p for n, p in named.items() if not n.startswith('predictor')], 'lr': lr},
        {'params': [p for n, p in named.items() if n.startswith('predictor')], 'lr': predictor_lr}],
        lr=lr, momentum=MOMENTUM, weight_decay=DECAY)
    state = lambda: {n: t.detach().clone() for n, t in net.state_dict().items() if 'num_batches' not in n}
    before, losses = state(), []
    for _ in range(STEPS):
        z1, z2 = (net.projector(net.backbone(x)) for x in (x1, x2))
        p1, p2 = net.predictor(z1), net.predictor(z2)
        loss = D(p1, z2, stop) / 2 + D(p2, z1, stop) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    after = state()
    tensors = {'change.' + n: after[n] - before[n] for n in before}
    tensors.update({'momentum.' + n: optimizer.state[p]['momentum_buffer'] for n, p in named.items()})
    norms = {n: t.norm().item() for n, t in tensors.items()}
    net.eval()
    with torch.no_grad():
        tensors['features'] = net.backbone(x1)
        tensors['projections'] = net.projector(tensors['features'])
        tensors['predictions'] = net.predictor(tensors['projections'])
    if keep != 'all':
        tensors = {n: t for n, t in tensors.items() if n in keep}
    entries, data = [], b''
    for n, t in tensors.items():
        scale = max(t.abs().max().item(), 1e-30)
        entries.append({'name': n, 'shape': list(t.shape), 'scale': scale})
        data += (t / scale).numpy().astype('<f2').tobytes()
    header = {'imageSize': size, 'batchSize': batch, 'stem': stem, 'stopGradient': stop, 'learningRate': lr,
              'predictorLearningRate': predictor_lr, 'momentum': MOMENTUM, 'weightDecay': DECAY,
              'losses': losses, 'norms': norms, 'tensors': entries}
    path = pathlib.Path(__file__).with_name(f'simsiam_steps_{case}.bin.gz')
    path.write_bytes(gzip.compress(json.dumps(header).encode() + b'\n' + data, 9, mtime=0))
    print(case, path.stat().st_size, losses)


if __name__ == '__main__':
    torch.set_num_threads(2)
    outputs = ('features', 'projections', 'predictions')
    run('cifar', BasicBlock, [2, 2, 2, 2], 'cifar', 32, 16, 0.002)
    run('cifar_no_stop', BasicBlock, [2, 2, 2, 2], 'cifar', 32, 16, 0.002, stop=False, keep=outputs)
    run('imagenet', BasicBlock, [2, 2, 2, 2], 'imagenet', 64, 16, 0.001)
    run('resnet50', Bottleneck, [3, 4, 6, 3], 'imagenet', 64, 32, 0.0001, keep=outputs)
