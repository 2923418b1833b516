"""The encoder and its heads, from the list of layers in run.json, under the names that Lookalike and torchvision use."""
import torch.nn.functional as F
from torch import nn

from ranks import BatchNorm


def put(root, path, module):
    """Registers a module under a dotted name, so that its parameters are called so."""
    *folders, name = path.split('.')
    for folder in folders:
        if not hasattr(root, folder):
            root.add_module(folder, nn.Module())
        root = getattr(root, folder)
    root.add_module(name, module)
    return module


class Backbone(nn.Module):
    """x [N, 3, H, W] -> the pooled map [N, D]."""

    def __init__(self, layers, follow=True):
        super().__init__()
        self.layers, self.follow = layers, follow
        self.parts = {}
        for layer in layers:
            for conv in layer.get('body', [layer] if layer['kind'] == 'convolution' else []):
                self.add(conv)
            if layer.get('shortcut'):
                self.add(layer['shortcut'])

    def add(self, c):
        conv = nn.Conv2d(c['input'], c['output'], c['kernel'], c['stride'], c['kernel'] // 2, bias=False)
        put(self, c['name'], conv)
        put(self, c['norm'], BatchNorm(c['output'], track_running_stats=self.follow))

    def convolved(self, x, c):
        return self.get_submodule(c['norm'])(self.get_submodule(c['name'])(x))

    def forward(self, x):
        for layer in self.layers:
            if layer['kind'] == 'convolution':
                x = F.relu(self.convolved(x, layer))
            elif layer['kind'] == 'pool':
                x = F.max_pool2d(x, layer['kernel'], layer['stride'], (layer['kernel'] - 1) // 2)
            else:
                y = x
                for part in layer['body'][:-1]:
                    y = F.relu(self.convolved(y, part))
                y = self.convolved(y, layer['body'][-1])
                x = F.relu(y + (self.convolved(x, layer['shortcut']) if layer['shortcut'] else x))
        return x.mean((2, 3))


def mlp(sizes, norm, outputNorm, affine=True, follow=True):
    """Linear layers; batch normalisation and ReLU behind the hidden ones where `norm`, a normalised output where `outputNorm`.

    A linear layer that batch normalisation follows has no bias: it would cancel."""
    layers = []
    for given, units in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(given, units, bias=not norm)]
        layers += [BatchNorm(units, track_running_stats=follow)] if norm else []
        layers += [nn.ReLU()]
    layers += [nn.Linear(sizes[-2], sizes[-1], bias=not outputNorm)]
    layers += [BatchNorm(sizes[-1], affine=affine, track_running_stats=follow)] if outputNorm else []
    return nn.Sequential(*layers)


class Encoder(nn.Module):
    """Backbone and projector: x [N, 3, H, W] -> z [N, d]."""

    def __init__(self, config, layers, follow=True):
        super().__init__()
        head = config['head']
        self.backbone = Backbone(layers, follow)
        width = layers[-1]['body'][-1]['output']
        sizes = [width] + [head['hiddenDim']] * (head['layers'] - 1) + [head['outputDim']]
        normed = head['norm'] in ('default', 'all')
        self.projector = mlp(sizes, head['norm'] != 'none', normed, affine=False, follow=follow)

    def forward(self, x):
        return self.projector(self.backbone(x).float())


class Network(Encoder):
    """With the predictor, where there is one."""

    def __init__(self, config, layers):
        super().__init__(config, layers)
        kind, norm = config['predictor']['kind'], config['head']['norm']
        self.predictor = None
        if kind in ('mlp', 'fixed'):
            d = config['head']['outputDim']
            self.predictor = mlp([d, config['predictor']['hiddenDim'], d], norm != 'none', norm == 'all')
            self.predictor.requires_grad_(kind == 'mlp')  # a fixed one stays as it was drawn

    def predict(self, z):
        return z if self.predictor is None else self.predictor(z)
