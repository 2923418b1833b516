"""Two or more steps of every method and ablation in PyTorch on a network small enough to be exact: a projector on
vectors, with its predictor. Losses, the first step's gradients, and all state after the last step.

Weights and views are counted(name) (simsiam_steps.py), which the test makes too; views of step s are counted('s.view1')
and so on. Computed in float64, so that all rounding in the comparison is the engine's. Each method is written from its
paper. Writes methods.json.gz beside itself.

Run: /usr/bin/python3 test/golden/methods.py (torch 1.13).
"""
import copy, gzip, json, math, pathlib
import torch
import torch.nn as nn
import torch.nn.functional as F
from simsiam_steps import counted

N, INPUT, HIDDEN, D, PREDICTOR, IMAGES, QUEUE, PROTOTYPES = 8, 12, 16, 8, 6, 12, 24, 5
LR, PREDICTOR_LR, MOMENTUM, DECAY = 0.05, 0.08, 0.9, 0.01


def projector(norm):
    layers = [nn.Linear(INPUT, HIDDEN, bias=norm == 'none')]
    layers += [nn.ReLU()] if norm == 'none' else [nn.BatchNorm1d(HIDDEN), nn.ReLU()]
    output = norm in ('default', 'all')
    layers += [nn.Linear(HIDDEN, D, bias=not output)] + ([nn.BatchNorm1d(D, affine=False)] if output else [])
    return nn.Sequential(*layers)


def predictor(norm):
    layers = [nn.Linear(D, PREDICTOR, bias=norm == 'none')]
    layers += [nn.ReLU()] if norm == 'none' else [nn.BatchNorm1d(PREDICTOR), nn.ReLU()]
    layers += [nn.Linear(PREDICTOR, D, bias=norm != 'all')] + ([nn.BatchNorm1d(D)] if norm == 'all' else [])
    return nn.Sequential(*layers)


class Net(nn.Module):
    def __init__(self, norm, kind, prototypes):
        super().__init__()
        self.projector = projector(norm)
        if kind in ('mlp', 'fixed'):
            self.predictor = predictor(norm)
        if prototypes:
            self.register_parameter('prototypes', nn.Parameter(torch.zeros(PROTOTYPES, D)))
        self.double().train()
        with torch.no_grad():
            for name, p in self.named_parameters():
                p.copy_(value('method.' + name if name == 'prototypes' else name, p.shape))
        if kind == 'fixed':
            self.predictor.requires_grad_(False)  # its running statistics still move

    def h(self, z):
        return self.predictor(z) if hasattr(self, 'predictor') else z


def value(name, shape):
    """Weights by fan-in, scales near 1, biases small; `given` of the test."""
    if len(shape) > 1:
        return counted(name, shape, (3 / shape[1]) ** 0.5).double()
    return counted(name, shape, 0.1).double() + (0 if name.endswith('bias') else 1)


def cosine(p, z):
    return -F.cosine_similarity(p, z, dim=1).mean()


def cross_entropy(p, z):
    return -(F.softmax(z, 1) * F.log_softmax(p, 1)).sum(1).mean()


def one_sided(symmetry):
    """Pairs (seen, aimed at) of view numbers."""
    return {'symmetric': [(0, 1), (1, 0)], 'asymmetric': [(0, 1)], 'asymmetric2x': [(0, 1), (2, 3)]}[symmetry]


def order(symmetry):
    """In which views pass the network, which the running statistics show."""
    return {'symmetric': [0, 1], 'asymmetric': [0, 1], 'asymmetric2x': [0, 2, 1, 3]}[symmetry]


def views_at(step, count):
    first = counted(f'{step}.view1', (N, INPUT), 2).double()
    return [first if i == 0 else (first + counted(f'{step}.view{i + 1}', (N, INPUT), 2).double()) / 2 for i in range(count)]


def images_at(step):
    return torch.tensor([(5 * step + 7 * i) % IMAGES for i in range(N)])


def without_statistics(module):
    """A copy that normalises by its batch and keeps no running statistics."""
    twin = copy.deepcopy(module)
    for p in twin.parameters():
        p.requires_grad_(False)
    return twin


def sinkhorn(scores, epsilon, iterations):
    """SwAV, Algorithm 1."""
    Q = torch.exp(scores / epsilon).T
    Q = Q / Q.sum()
    K, B = Q.shape
    for _ in range(iterations):
        Q = Q / Q.sum(1, keepdim=True) / K
        Q = Q / Q.sum(0, keepdim=True) / B
    return (Q * B).T


def nt_xent(p, z, t, decoupled=False):
    """Rows of p [2N, d] against all z [2N, d] but the row's own photo, the positive its other view; decoupled (DCL) without it below."""
    n = p.shape[0] // 2
    logits = F.normalize(p, dim=1) @ F.normalize(z, dim=1).T / t
    rows = []
    for i in range(2 * n):
        other = (i + n) % (2 * n)
        kept = [j for j in range(2 * n) if j % n != i % n] + ([] if decoupled else [other])
        rows.append(torch.logsumexp(logits[i, kept], 0) - logits[i, other])
    return torch.stack(rows).mean()


class Lars:
    """As in the reference implementations: only tensors of more than one axis decay and adapt."""
    def __init__(self, groups, trust):
        self.groups, self.trust, self.buffers = groups, trust, {}

    def zero_grad(self):
        for params, _ in self.groups:
            for p in params:
                p.grad = None

    @torch.no_grad()
    def step(self):
        for params, lr in self.groups:
            for p in params:
                g = p.grad
                if p.ndim > 1:
                    g = g + DECAY * p
                    if p.norm() > 0 and g.norm() > 0:
                        g = g * (self.trust * p.norm() / g.norm())
                self.buffers[p] = MOMENTUM * self.buffers.get(p, 0) + g
                p -= lr * self.buffers[p]


def run(name, config, steps=2):
    method = config.get('method', 'simsiam')
    kind = config.get('predictor', {}).get('kind', 'mlp')
    norm = config.get('head', {}).get('norm', 'default')
    symmetry = config.get('symmetry', 'symmetric')
    stop = config.get('stopGradient', True)
    t = config.get('temperature', 0.1)
    inner = config.get('innerSteps', 1)
    net = Net(norm, kind, method == 'swav')
    detach = (lambda x: x.detach()) if stop else (lambda x: x)
    D_ = cross_entropy if config.get('similarity') == 'crossEntropy' else cosine
    groups = [([p for n, p in net.named_parameters() if not n.startswith('predictor') and n != 'prototypes'], LR),
              ([p for n, p in net.named_parameters() if n.startswith('predictor') and p.requires_grad], PREDICTOR_LR),
              ([p for n, p in net.named_parameters() if n == 'prototypes'], 0 if config.get('frozen') else LR)]
    groups = [g for g in groups if g[0]]
    if config.get('optimizer', {}).get('name') == 'lars':
        optimizer = Lars(groups, 0.02)
    else:
        optimizer = torch.optim.SGD([{'params': p, 'lr': lr} for p, lr in groups], lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    momenta = config.get('momenta', [])
    target = without_statistics(net.projector)
    queue = F.normalize(value('method.queue', (QUEUE, D)), dim=1)
    average = torch.zeros(IMAGES, D).double()
    pairs = one_sided(symmetry)
    K = config.get('fastsiam', {}).get('views', 4)
    count = K if method == 'fastsiam' else 4 if symmetry == 'asymmetric2x' else 2
    losses, gradients, stored = [], {}, {}

    for step in range(steps):
        x = views_at(step, count)
        if inner != 1 and step % inner == 0:  # the targets of the next batches, all before the first update
            keeper = without_statistics(net.projector)
            stored = {s: [keeper(v) for v in views_at(s, count)] for s in range(step, step + inner)}
        if method in ('moco', 'byol'):
            m = momenta[step]
            with torch.no_grad():
                for own, online in zip(target.parameters(), net.projector.parameters()):
                    own.copy_(m * own + (1 - m) * online)
        seen = list(range(K)) if method == 'fastsiam' else [i for i, _ in pairs]
        online = order(symmetry) if method == 'simsiam' and inner == 1 else seen
        z = {i: net.projector(x[i]) for i in online}
        p = {i: net.h(z[i]) for i in seen}
        if method == 'simsiam' and kind == 'movingAverage':
            ids = images_at(step)
            etas = {j: 0.8 * average[ids] + 0.2 * z[j].detach() for _, j in pairs}
            loss = sum(D_(p[i], etas[j]) for i, j in pairs) / len(pairs)
            average[ids] = sum(etas.values()) / len(etas)
        elif method == 'simsiam':
            aim = stored[step] if inner != 1 else z
            loss = sum(D_(p[i], detach(aim[j])) for i, j in pairs) / len(pairs)
        elif method == 'fastsiam':
            rest = [detach(torch.stack([z[j] for j in range(K) if j != i]).mean(0)) for i in range(K)]
            loss = sum(D_(p[i], rest[i]) for i in range(K)) / K
        elif method == 'barlowtwins':  # as the authors' code: batch normalisation without parameters, then the correlations
            y = [F.batch_norm(z[i], None, None, training=True) for i in (0, 1)]
            C = y[0].T @ y[1] / N
            on, off = ((torch.diagonal(C) - 1) ** 2).sum(), (C ** 2).sum() - (torch.diagonal(C) ** 2).sum()
            loss = (on + config['barlowtwins']['redundancy'] * off) / D
        elif method == 'vicreg':  # main_vicreg.py of the authors
            off = lambda m: (m - torch.diag(torch.diagonal(m))).pow(2).sum() / D
            centred = [z[i] - z[i].mean(0) for i in (0, 1)]
            std = [torch.sqrt(a.var(0) + 0.0001) for a in centred]
            std_loss = sum(torch.mean(F.relu(1 - a)) / 2 for a in std)
            cov_loss = sum(off(a.T @ a / (N - 1)) for a in centred)
            loss = 25 * F.mse_loss(z[0], z[1]) + 25 * std_loss + cov_loss
        elif method == 'byol':
            loss = sum(D_(p[i], target(x[j])) for i, j in pairs) / len(pairs)
        elif method == 'simclr':
            loss = nt_xent(torch.cat([p[0], p[1]]), detach(torch.cat([z[0], z[1]])), t, config.get('simclr', {}).get('decoupled', False))
        elif method == 'moco':
            keys = [F.normalize(target(x[j]), dim=1) for _, j in pairs]
            terms = []
            for (i, _), k in zip(pairs, keys):
                q = F.normalize(p[i], dim=1)
                logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], 1) / t
                terms.append(F.cross_entropy(logits, torch.zeros(N, dtype=torch.long)))
            loss = sum(terms) / len(terms)
            queue = torch.cat(keys + [queue])[:QUEUE]
        elif method == 'swav':
            C = F.normalize(net.prototypes, dim=1)
            scores = lambda a: F.normalize(a, dim=1) @ C.T
            codes = [detach(sinkhorn(scores(z[i]), 0.05, 3)) for i in (0, 1)]
            loss = sum(-(codes[i] * F.log_softmax(scores(p[1 - i]) / t, 1)).sum(1).mean() for i in (0, 1)) / 2
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {n: q.grad.clone() for n, q in net.named_parameters() if q.grad is not None}
        optimizer.step()
        losses.append(loss.item())

    full = lambda n: 'method.prototypes' if n == 'prototypes' else n
    state = {full(n): v for n, v in net.state_dict().items() if 'num_batches' not in n}
    if method in ('moco', 'byol') or inner != 1:
        follows = keeper if inner != 1 else target
        state.update({'method.target.projector.' + n: v for n, v in follows.named_parameters()})
    if method == 'moco':
        state['method.queue'] = queue
    if kind == 'movingAverage':
        state['method.average'] = average
    pack = lambda tensors: {n: [float(f'{v:.8g}') for v in q.detach().reshape(-1).tolist()] for n, q in tensors.items()}
    return {'name': name, 'config': {k: v for k, v in config.items() if k not in ('momenta', 'frozen')}, 'momenta': momenta,
            'frozen': config.get('frozen', False), 'losses': losses,
            'gradients': pack({full(n): g for n, g in gradients.items()}), 'state': pack(state)}


none = {'predictor': {'kind': 'identity'}}
byol_momenta = [0] + [1 - 0.1 * (math.cos(math.pi * s / 10) + 1) / 2 for s in range(2)]
cases = [
    run('simsiam', {}),
    run('simsiam, no stop-gradient', {'stopGradient': False}),
    run('simsiam, no predictor', none),
    run('simsiam, fixed predictor', {'predictor': {'kind': 'fixed'}}),
    run('simsiam, moving average', {'predictor': {'kind': 'movingAverage'}}, 3),
    run('simsiam, moving average, asymmetric', {'predictor': {'kind': 'movingAverage'}, 'symmetry': 'asymmetric'}, 3),
    run('simsiam, no norm', {'head': {'norm': 'none'}}),
    run('simsiam, norm on hidden layers', {'head': {'norm': 'hidden'}}),
    run('simsiam, norm on all', {'head': {'norm': 'all'}}),
    run('simsiam, cross-entropy', {'similarity': 'crossEntropy'}),
    run('simsiam, asymmetric', {'symmetry': 'asymmetric'}),
    run('simsiam, asymmetric 2x', {'symmetry': 'asymmetric2x'}),
    run('simsiam, alternation of 3', {'innerSteps': 3}, 6),
    run('simsiam, LARS', {'optimizer': {'name': 'lars', 'trustCoefficient': 0.02}}, 3),
    run('fastsiam', {'method': 'fastsiam'}, 3),
    run('fastsiam, three views, no stop-gradient', {'method': 'fastsiam', 'fastsiam': {'views': 3}, 'stopGradient': False}),
    run('simclr', {'method': 'simclr', 'stopGradient': False, **none}),
    run('simclr, predictor', {'method': 'simclr', 'stopGradient': False, 'predictor': {'kind': 'mlp'}}),
    run('simclr, predictor, stop-gradient', {'method': 'simclr', 'stopGradient': True, 'predictor': {'kind': 'mlp'}}),
    run('simclr, decoupled', {'method': 'simclr', 'stopGradient': False, 'simclr': {'decoupled': True}, **none}, 3),
    run('moco', {'method': 'moco', 'temperature': 0.2, 'momenta': [0, 0.9, 0.9], **none, 'head': {'norm': 'none'}}, 3),
    run('moco, asymmetric', {'method': 'moco', 'temperature': 0.2, 'momenta': [0, 0.9], 'symmetry': 'asymmetric', **none, 'head': {'norm': 'none'}}),
    run('byol', {'method': 'byol', 'momenta': byol_momenta, 'predictor': {'kind': 'mlp'}, 'head': {'norm': 'hidden'}}, 3),
    run('swav', {'method': 'swav', **none, 'head': {'norm': 'hidden'}}),
    run('swav, prototypes fixed', {'method': 'swav', 'frozen': True, **none, 'head': {'norm': 'hidden'}}),
    run('swav, predictor', {'method': 'swav', 'predictor': {'kind': 'mlp'}, 'head': {'norm': 'hidden'}}),
    run('swav, no stop-gradient', {'method': 'swav', 'stopGradient': False, **none, 'head': {'norm': 'hidden'}}),
    run('barlowtwins', {'method': 'barlowtwins', 'barlowtwins': {'redundancy': 0.1}, **none}, 3),
    run('barlowtwins, norm on hidden layers', {'method': 'barlowtwins', 'barlowtwins': {'redundancy': 0.1}, **none, 'head': {'norm': 'hidden'}}),
    run('vicreg', {'method': 'vicreg', **none, 'head': {'norm': 'hidden'}}, 3),
]
scores = counted('scores', (N, PROTOTYPES), 1).double()
codes = {'epsilon': 0.05, 'iterations': 3, 'codes': sinkhorn(scores, 0.05, 3).reshape(-1).tolist()}

path = pathlib.Path(__file__).with_name('methods.json.gz')
path.write_bytes(gzip.compress(json.dumps({'cases': cases, 'sinkhorn': codes}).encode(), 9, mtime=0))
for c in cases:
    print(c['name'], c['losses'])
print(len(cases), 'cases', path.stat().st_size, 'bytes')
