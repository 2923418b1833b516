"""Golden names and bytes for the export to Detectron2: writes detectron2.json.gz beside itself.

/usr/bin/python3 test/golden/detectron2.py     (Python 3.11, NumPy 1.24, PyTorch 1.13, torchvision 0.14)

`detectron2`: names and shapes of the parameters and buffers of its ResNets, from modules nested as in its
detectron2/modeling/backbone/resnet.py (a Conv2d holds its norm, a FrozenBatchNorm2d; blocks hold shortcut, conv1,
conv2, conv3; the network stem, res2 to res5). `torchvision`: those of its own models without the classifier.
`pickle`: a small checkpoint as Python's pickler writes it, protocol 3, without memo.
"""
import base64
import gzip
import io
import json
import pathlib
import pickle

import numpy as np
import torch
import torchvision
from torch import nn


class FrozenBatchNorm2d(nn.Module):
    def __init__(self, channels):
        super().__init__()
        for name in ("weight", "bias", "running_mean", "running_var"):
            self.register_buffer(name, torch.ones(channels))


class Conv2d(nn.Conv2d):
    def __init__(self, inputs, outputs, kernel):
        super().__init__(inputs, outputs, kernel, bias=False)
        self.norm = FrozenBatchNorm2d(outputs)


class Block(nn.Module):
    def __init__(self, inputs, outputs, bottleneck):
        super().__init__()
        self.shortcut = Conv2d(inputs, outputs, 1) if inputs != outputs else None
        if bottleneck is None:
            self.conv1, self.conv2 = Conv2d(inputs, outputs, 3), Conv2d(outputs, outputs, 3)
        else:
            self.conv1, self.conv2 = Conv2d(inputs, bottleneck, 1), Conv2d(bottleneck, bottleneck, 3)
            self.conv3 = Conv2d(bottleneck, outputs, 1)


class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2d(3, 64, 7)


def resnet(blocks, bottleneck):
    net = nn.Module()
    net.stem = Stem()
    inputs, outputs, middle = 64, 256 if bottleneck else 64, 64
    for stage, count in enumerate(blocks):
        layers = []
        for _ in range(count):
            layers.append(Block(inputs, outputs, middle if bottleneck else None))
            inputs = outputs
        net.add_module(f"res{stage + 2}", nn.Sequential(*layers))
        outputs, middle = 2 * outputs, 2 * middle
    return net


def listed(net):
    return sorted([name, list(value.shape)] for name, value in net.state_dict().items() if not name.startswith("fc."))


structures = dict(resnet18=([2, 2, 2, 2], False), resnet34=([3, 4, 6, 3], False), resnet50=([3, 4, 6, 3], True))
checkpoint = {
    "model": {
        "stem.conv1.weight": np.arange(3 * 2 * 1 * 13, dtype=np.float32).reshape(3, 2, 1, 13) / 7,
        "long": np.arange(300, dtype=np.float32),
        "matrix": np.float32([[1.5, -0.0], [3e38, np.nan]]),
        "scalar": np.array(2.5, np.float32),
        "éÿ名": np.zeros((1, 0, 70000), np.float32),
    },
    "one": {"__author__": "Lookalike"},
    "matching_heuristics": True,
}
stream = io.BytesIO()
pickler = pickle.Pickler(stream, 3)
pickler.fast = True
pickler.dump(checkpoint)
out = dict(
    detectron2={name: listed(resnet(*structure)) for name, structure in structures.items()},
    torchvision={name: listed(getattr(torchvision.models, name)()) for name in structures},
    pickle=base64.b64encode(stream.getvalue()).decode(),
)
path = pathlib.Path(__file__).with_name("detectron2.json.gz")
path.write_bytes(gzip.compress(json.dumps(out).encode(), mtime=0))
print(path.stat().st_size, {k: len(v) for k, v in out["detectron2"].items()})
