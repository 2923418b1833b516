"""The methods, each as its paper writes it, on a batch that lies on several ranks.

Networks compute this rank's rows; `gather` brings the rows of all together before they are compared, so that every rank
has the loss of the whole batch, and batch normalisation, negatives, correlations and assignments are those of one process."""
import torch
import torch.nn.functional as F
from torch import nn

from network import Encoder, Network
from ranks import gather


def unit(x):
    return F.normalize(x, dim=1)


def mean(losses):
    return sum(losses) / len(losses)


def cosine(p, z):
    """-cos(p, z), mean over the batch: [N, d] twice -> []."""
    return -(unit(p) * unit(z)).sum(1).mean()


def crossEntropy(q, logits):
    """-q . log softmax(logits), mean over the batch."""
    return -(q * F.log_softmax(logits, 1)).sum(1).mean()


def softmaxed(p, z):
    return crossEntropy(F.softmax(z, 1), p)


def contrast(positive, negatives, temperature, decoupled=False):
    """InfoNCE: cosines with the positive [n, 1] and the negatives [n, m]; decoupled without the positive below the bar."""
    rest = negatives if decoupled else torch.cat([positive, negatives], 1)
    return (torch.logsumexp(rest / temperature, 1) - positive[:, 0] / temperature).mean()


def sinkhorn(scores, epsilon, iterations):
    """Codes [N, K] that spread the batch evenly over the prototypes (SwAV, Algorithm 1)."""
    n, k = scores.shape
    Q = torch.exp((scores - scores.max()) / epsilon)
    for _ in range(iterations):
        Q = Q / Q.sum(0, keepdim=True) * (n / k)
        Q = Q / Q.sum(1, keepdim=True)
    return Q


class Step(nn.Module):
    """One training step's loss, with all that the method carries from step to step."""

    def __init__(self, run):
        super().__init__()
        self.config = config = run['config']
        self.net = Network(config, run['layers'])
        self.target = None
        if run['copiesNetwork']:  # a copy that follows by momentum; no gradient reaches it, and it keeps no statistics
            self.target = Encoder(config, run['layers'], follow=False).requires_grad_(False)
        self.carried = nn.ParameterDict()
        for name, shape in run['carries'].items():
            self.carried[name] = nn.Parameter(torch.zeros(shape), requires_grad=name == 'prototypes')

    def named(self):
        """Every tensor of the state but the optimizer's, by its name in a checkpoint."""
        for name, tensor in [*self.net.named_parameters(), *self.net.named_buffers()]:
            if not name.endswith('num_batches_tracked'):
                yield name, tensor
        if self.target is not None:
            for name, tensor in self.target.named_parameters():
                yield f'method.target.{name}', tensor
        for name, tensor in self.carried.items():
            yield f'method.{name}', tensor

    @torch.no_grad()
    def follow(self, momentum):
        """At the start of a step the copy becomes m times itself plus 1 - m times the network."""
        if self.target is None:
            return
        online = dict(self.net.named_parameters())
        for name, own in self.target.named_parameters():
            own.copy_(own * momentum + online[name] * (1 - momentum))

    def f(self, views):
        return [self.net(view).float() for view in views]

    def h(self, projections):
        return [self.net.predict(z) for z in projections]

    @torch.no_grad()
    def copy(self, views):
        return [gather(self.target(view).float()) for view in views]

    def pairs(self, views):
        """Views that are seen, and for each the one that its target comes from."""
        symmetry = self.config['symmetry']
        if symmetry == 'symmetric':
            return views, [views[1], views[0]]
        return ([views[0]], [views[1]]) if symmetry == 'asymmetric' else ([views[0], views[2]], [views[1], views[3]])

    def forward(self, views, numbers):
        """Views [n, 3, S, S] of this rank, numbers [N] of all ranks' photos -> the loss of the batch [], its spread of z []."""
        loss, projections = getattr(self, self.config['method'])(views, numbers)
        return loss, spread([gather(z) for z in projections])

    def stopped(self, x):
        return x.detach() if self.config['stopGradient'] else x

    def simsiam(self, views, numbers):
        config = self.config
        D = cosine if config['similarity'] == 'cosine' else softmaxed
        seen, aimed = self.pairs(views)
        z = self.f(seen)
        p = [gather(x) for x in self.h(z)]
        if self.target is not None:  # an alternation: the network as it was when its steps began
            targets = self.copy(aimed)
        else:
            others = [z[1], z[0]] if config['symmetry'] == 'symmetric' else self.f(aimed)
            targets = [gather(x) for x in others]
            if config['predictor']['kind'] == 'movingAverage':
                m, kept = config['predictor']['averageMomentum'], self.carried['average']
                targets = [kept[numbers] * m + t * (1 - m) for t in targets]
                with torch.no_grad():
                    kept[numbers] = mean(targets)
        return mean([D(a, self.stopped(t)) for a, t in zip(p, targets)]), z

    def fastsiam(self, views, numbers):
        z = self.f(views)
        p, all_ = [gather(x) for x in self.h(z)], [gather(x) for x in z]
        rest = [mean([t for j, t in enumerate(all_) if j != i]) for i in range(len(all_))]
        return mean([cosine(a, self.stopped(t)) for a, t in zip(p, rest)]), z

    def byol(self, views, numbers):
        seen, aimed = self.pairs(views)
        z = self.f(seen)
        p = [gather(x) for x in self.h(z)]
        return mean([cosine(a, t) for a, t in zip(p, self.copy(aimed))]), z

    def moco(self, views, numbers):
        config, kept = self.config, self.carried['queue']
        seen, aimed = self.pairs(views)
        z = self.f(seen)
        queries = [unit(gather(x)) for x in self.h(z)]
        keys = [unit(t) for t in self.copy(aimed)]
        queue = unit(kept.detach())
        loss = mean([contrast((q * k).sum(1, keepdim=True), q @ queue.T, config['temperature'])
                     for q, k in zip(queries, keys)])
        with torch.no_grad():
            kept.copy_(torch.cat([*keys, queue])[:len(kept)])  # newest first, the oldest leave
        return loss, z

    def simclr(self, views, numbers):
        z = self.f(views)
        p = unit(torch.cat([gather(x) for x in self.h(z)]))
        z1, z2 = (self.stopped(gather(x)) for x in z)
        all_, other = unit(torch.cat([z1, z2])), unit(torch.cat([z2, z1]))
        n = len(z1)
        same = torch.eye(n, device=p.device).repeat(2, 2) * -1e9  # views of one photo are no negatives of each other
        positive = (p * other).sum(1, keepdim=True)
        decoupled = self.config['simclr']['decoupled']
        return contrast(positive, p @ all_.T + same, self.config['temperature'], decoupled), z

    def swav(self, views, numbers):
        config = self.config
        C = unit(self.carried['prototypes'])
        scores = lambda x: gather(unit(x) @ C.T)  # cosines with the prototypes, [N, K]
        z = self.f(views[:2]) + self.f(views[2:])
        p = self.h(z[:2]) + self.h(z[2:])
        epsilon, iterations = config['swav']['epsilon'], config['swav']['sinkhornIterations']
        codes = [self.stopped(sinkhorn(scores(large), epsilon, iterations)) for large in z[:2]]
        logits = [scores(x) / config['temperature'] for x in p]
        losses = [crossEntropy(code, logit) for i, code in enumerate(codes) for j, logit in enumerate(logits) if j != i]
        return mean(losses), z[:2]

    def barlowtwins(self, views, numbers):
        z = self.f(views)
        y1, y2 = (F.batch_norm(gather(x), None, None, training=True) for x in z)
        n, d = y1.shape
        same = (y1 * y2).mean(0)  # the diagonal of the correlations
        C = y1.T @ y2 / n
        off = C.square().sum() - same.square().sum()
        return ((same - 1).square().sum() + off * self.config['barlowtwins']['redundancy']) / d, z

    def vicreg(self, views, numbers):
        weight, z = self.config['vicreg'], self.f(views)
        a, b = (gather(x) for x in z)
        loss = (a - b).square().mean() * weight['invariance']
        for x in (a, b):
            n, d = x.shape
            y = x - x.mean(0)
            variances = y.square().sum(0) / (n - 1)
            covariance = y.T @ y / (n - 1)
            off = covariance.square().sum() - variances.square().sum()
            loss = loss + F.relu(1 - torch.sqrt(variances + 1e-4)).mean() * (weight['variance'] / 2)
            loss = loss + off / d * weight['covariance']
        return loss, z


@torch.no_grad()
def spread(projections):
    """sqrt(d) times the mean deviation over the batch of z / |z|, mean of the views: 1 isotropic, 0 all at one point."""
    return mean([unit(z).std(0, unbiased=False).mean() * z.shape[1] ** 0.5 for z in projections])
