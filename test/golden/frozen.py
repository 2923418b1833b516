"""
Writes test/fixtures/frozen: a ViT and a ResNet of a few thousand weights as PyTorch exports them to ONNX, four pictures,
and what PyTorch makes of these (golden.json), prepared by torchvision. Random weights: what is compared is arithmetic.

    python3 test/golden/frozen.py
"""
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision import transforms
from torchvision.models import VisionTransformer

here = Path(__file__).parent.parent / 'fixtures' / 'frozen'
SIZE = 32


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.shortcut(x))


class ResNet(nn.Sequential):
    """A map [B, 24, 4, 4], not pooled: that is left to who reads the file."""

    def __init__(self):
        super().__init__(nn.Conv2d(3, 8, 3, 1, 1), nn.BatchNorm2d(8), nn.ReLU(), Block(8, 16, 2), Block(16, 24, 4))


class Tokens(nn.Module):
    """torchvision's ViT up to its tokens [B, 17, D], the class token first."""

    def __init__(self):
        super().__init__()
        self.vit = VisionTransformer(SIZE, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=2)

    def forward(self, x):
        x = self.vit._process_input(x)
        return self.vit.encoder(torch.cat([self.vit.class_token.expand(x.shape[0], -1, -1), x], dim=1))


def picture(k):
    """Smooth waves of other colours and directions for each k, [height, width, 3]."""
    height, width = [(40, 48), (56, 40), (32, 32), (96, 64)][k]
    y, x = np.mgrid[:height, :width]
    planes = [np.sin(x / (3 + k + c) + k) * np.cos(y / (4 + 2 * c) + c * k) for c in range(3)]
    return np.uint8(np.round(127.5 + 127.5 * np.stack(planes, -1)))


def main():
    torch.manual_seed(0)
    here.mkdir(parents=True, exist_ok=True)
    networks = {'vit': Tokens(), 'resnet': ResNet()}
    with torch.no_grad():
        for network in networks.values():
            for name, values in [*network.named_parameters(), *network.named_buffers()]:
                if values.dtype.is_floating_point and values.dim() < 2:  # no scale is 1, no mean 0
                    values.copy_(torch.rand(values.shape) * 0.4 + (0.2 if 'mean' in name or 'bias' in name else 0.8))
            network.eval()
    pixels = []
    for k in range(4):
        Image.fromarray(picture(k)).save(here / f'{k}.png', optimize=True)
        prepare = transforms.Compose([
            transforms.Resize(SIZE), transforms.CenterCrop(SIZE), transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
        wide = transforms.Compose([
            transforms.Resize(40, transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(SIZE), transforms.ToTensor(),
            transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])])
        squash = transforms.Compose([transforms.Resize((SIZE, SIZE)), *prepare.transforms[2:]])
        photo = Image.open(here / f'{k}.png').convert('RGB')
        pixels.append((prepare(photo), wide(photo), squash(photo)))
    usual, wide, squashed = (torch.stack(list(each)) for each in zip(*pixels))
    dynamic = {'pixel_values': {0: 'batch'}}
    torch.onnx.export(networks['vit'], usual[:1], here / 'vit.onnx', opset_version=14,
                      input_names=['pixel_values'], output_names=['last_hidden_state'])
    torch.onnx.export(networks['resnet'], usual[:2], here / 'resnet.onnx', opset_version=14,
                      input_names=['pixel_values'], output_names=['map'], dynamic_axes={**dynamic, 'map': {0: 'batch'}})
    with torch.no_grad():
        tokens, maps = networks['vit'](usual), networks['resnet'](usual)
        other, fitted = networks['resnet'](wide), networks['resnet'](squashed)
        golden = {
            'vit': {'class': tokens[:, 0], 'mean': tokens.mean(1), 'patches': tokens[:, 1:].mean(1)},
            'resnet': {'mean': maps.mean((2, 3)), 'flatten': maps.flatten(1)},
            'resnetBicubic': {'mean': other.mean((2, 3))},
            'resnetSquashed': {'mean': fitted.mean((2, 3))},
        }
    numbers = {name: {pool: [[round(x, 6) for x in row] for row in rows.tolist()] for pool, rows in each.items()}
               for name, each in golden.items()}
    (here / 'golden.json').write_text(json.dumps(numbers) + '\n')


main()
