"""Checkpoints as PyTorch and those who train with it write them, and what is in them: weights.json.gz.

    python3 test/golden/weights.py    (torch 1.13, NumPy)

The networks are a ResNet-18 of an eighth of the width, wrapped as each family wraps it; every tensor is of one number
but its first, so that the files pack well.
"""
import argparse
import base64
import collections
import gzip
import importlib.util
import io
import json
import os
import pathlib

import numpy
import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location('known', os.path.join(here, '../../scripts/known/stand-in.py'))
known = importlib.util.module_from_spec(spec)
spec.loader.exec_module(known)


def network(stem='cifar', sign=1):
    encoder = known.ResNet18(0.125, stem, 5)
    with torch.no_grad():
        for i, tensor in enumerate(encoder.state_dict().values()):
            tensor.fill_(sign * i / 64)
            tensor.view(-1)[0] = sign * (i + 1)
    return encoder


def holding(**parts):
    """A module of these parts, in DataParallel as its prefix is."""
    module = nn.Module()
    for name, part in parts.items():
        module.add_module(name, part)
    return nn.DataParallel(module)


def swav():
    encoder = network('imagenet')
    encoder.fc = nn.Identity()
    encoder.projection_head = nn.Sequential(nn.Linear(64, 8), nn.BatchNorm1d(8))
    encoder.prototypes = nn.Linear(8, 4, bias=False)
    return nn.DataParallel(encoder).state_dict()


def moco():
    module = holding(encoder_q=network(), encoder_k=network(sign=-1))
    module.module.register_buffer('queue', torch.zeros(8, 4))
    return module


def trained(module):
    """An optimizer that has made a step, so that it has state."""
    optimizer = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9)
    module.module.encoder_q.fc.weight.sum().backward()
    optimizer.step()
    return optimizer.state_dict()


def families():
    module = moco()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    step = trained(module)
    yield 'torchvision', network('imagenet').state_dict(), True
    yield 'MoCo', {'epoch': 200, 'arch': 'resnet18', 'state_dict': before, 'optimizer': step}, True
    yield 'MoCo v3', {'state_dict': holding(base_encoder=network(), momentum_encoder=network(sign=-1)).state_dict()}, True
    yield 'SwAV', swav(), True
    backbone = holding(backbone=network(), head=nn.Linear(64, 8)).state_dict()
    args = argparse.Namespace(arch='resnet18', epochs=100, output_dir=pathlib.PurePosixPath('out'), rate=numpy.float64(0.03))
    student = holding(backbone=network(sign=-1)).state_dict()
    yield 'DINO', {'student': student, 'teacher': backbone, 'args': args, 'epoch': 100}, True
    simsiam = holding(encoder=network(), predictor=nn.Linear(8, 8)).state_dict()
    yield 'SimSiam', {'epoch': 100, 'arch': 'resnet18', 'state_dict': simsiam}, False
    yield 'BYOL', {'model': holding(online_encoder=holding(net=network()).module).module.state_dict()}, True
    trunk = collections.OrderedDict((f'_feature_blocks.{k}', v) for k, v in network().state_dict().items())
    yield 'VISSL', {'classy_state_dict': {'base_model': {'model': {'trunk': trunk, 'heads': {}}}}}, True
    yield 'timm', {'state_dict': network(sign=-1).state_dict(), 'state_dict_ema': network().state_dict()}, True


def kinds():
    base = torch.arange(24, dtype=torch.float32)
    return {
        'half': torch.tensor([0.5, -2]).half(),
        'bfloat16': torch.tensor([1.5, -3]).bfloat16(),
        'double': torch.tensor([[1 / 3]], dtype=torch.float64),
        'whole': torch.tensor([-7, 1 << 40]),
        'byte': torch.tensor([255], dtype=torch.uint8),
        'true': torch.tensor([True, False]),
        'part': base[5:9],
        'turned': base.view(4, 6).t(),
        'every other': base[::2],
        'empty': torch.zeros(0, 3),
        'scalar': torch.tensor(4.0),
        'parameter': nn.Parameter(torch.tensor([9.0])),
        'left': [torch.device('cpu'), torch.float32, torch.Size([2]), {1, 2}, 3.5, -1, 1 << 70, b'bytes', numpy.int64(3),
                 numpy.arange(3), collections.Counter('aab'), collections.defaultdict(list, {'a': [1]})],
    }


def saved(value, zipped, protocol=2):
    into = io.BytesIO()
    torch.save(value, into, pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
    return base64.b64encode(into.getvalue()).decode()


def main():
    torch.manual_seed(0)
    expected = {}
    for name, tensor in kinds().items():
        if isinstance(tensor, torch.Tensor):
            expected[name] = {'shape': list(tensor.shape), 'data': tensor.detach().double().reshape(-1).tolist()}
    tensors = {name: [float(i + 1), i / 64] for i, name in enumerate(network().state_dict())}
    golden = {
        'kinds': {'expected': expected, 'files': [
            saved(kinds(), True), saved(kinds(), False), saved(kinds(), True, 4), saved(kinds(), False, 4)]},
        'families': {name: saved(value, zipped) for name, value, zipped in families()},
        # Each tensor's first number, and all others.
        'tensors': tensors,
    }
    with open(os.path.join(here, 'weights.json.gz'), 'wb') as file:
        file.write(gzip.compress(json.dumps(golden).encode(), 9, mtime=0))


main()
