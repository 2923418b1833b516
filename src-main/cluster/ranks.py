"""The processes of a run, torchrun's ranks: who is who, what they hand each other, and batch normalisation over all."""
import os

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn

rank = int(os.environ.get('RANK', 0))
world = int(os.environ.get('WORLD_SIZE', 1))


def begin():
    """Joins the other ranks (NCCL on graphics cards, gloo on processors). The device that this one computes on."""
    if torch.cuda.is_available():
        device = torch.device('cuda', int(os.environ.get('LOCAL_RANK', 0)))
        torch.cuda.set_device(device)
    else:
        device = torch.device('cpu')
    if world > 1 and not dist.is_initialized():
        dist.init_process_group('nccl' if device.type == 'cuda' else 'gloo')
    return device


def summed(x):
    """The sum of a tensor over all ranks, without gradient; in place."""
    if world > 1:
        dist.all_reduce(x)
    return x


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.rows = len(x)
        parts = [torch.empty_like(x) for _ in range(world)]
        dist.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx, gradient):
        # Every rank computes the same loss of the whole batch, so its own rows hold all that reaches them.
        return gradient[rank * ctx.rows:(rank + 1) * ctx.rows]


def gather(x):
    """Rows [n, ...] of every rank, in the order of the ranks: [world n, ...], with the gradient of this rank's own."""
    return _Gather.apply(x) if world > 1 else x


def objects(of):
    """What every rank has, as a list."""
    if world == 1:
        return [of]
    out = [None] * world
    dist.all_gather_object(out, of)
    return out


class _Normalise(torch.autograd.Function):
    """x of all ranks to mean 0 and variance 1 by channel, the gradient through both statistics included.

    x [N, C] or [N, C, H, W] -> y of its shape, and the mean and (biased) variance [C], which have no gradient here."""

    @staticmethod
    def forward(ctx, x, eps):
        axes = [a for a in range(x.dim()) if a != 1]
        column = [1, -1] + [1] * (x.dim() - 2)
        count = world * x.numel() // x.shape[1]
        # Every rank has as many samples: the variance of all is the mean of theirs and the variance of their means.
        own = torch.stack([x.mean(axes), x.var(axes, unbiased=False)])
        parts = [torch.empty_like(own) for _ in range(world)]
        dist.all_gather(parts, own)
        means, variances = torch.stack(parts).unbind(1)
        mean = means.mean(0)
        variance = variances.mean(0) + (means - mean).square().mean(0)
        inverse = torch.rsqrt(variance + eps)
        y = (x - mean.view(column)) * inverse.view(column)
        ctx.save_for_backward(y, inverse)
        ctx.axes, ctx.column, ctx.count = axes, column, count
        ctx.mark_non_differentiable(mean, variance)
        return y, mean, variance

    @staticmethod
    def backward(ctx, dy, _mean, _variance):
        y, inverse = ctx.saved_tensors
        sums = summed(torch.stack([dy.sum(ctx.axes), (dy * y).sum(ctx.axes)])) / ctx.count
        level, slope = (s.view(ctx.column) for s in sums)
        return (dy - level - y * slope) * inverse.view(ctx.column), None


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation by the samples of all ranks, with PyTorch's names, eps and momentum.

    For graphics cards PyTorch has its own (nn.SyncBatchNorm), which refuses processors: `onCards` puts it in."""

    def forward(self, x):
        if not self.training or world == 1:
            return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias,
                                self.training, self.momentum, self.eps)
        y, mean, variance = _Normalise.apply(x.float(), self.eps)
        if self.running_mean is not None:
            count = world * x.numel() // x.shape[1]
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        if self.weight is None:
            return y
        column = [1, -1] + [1] * (x.dim() - 2)
        return y * self.weight.view(column) + self.bias.view(column)


def onCards(module):
    """The same network for graphics cards."""
    return nn.SyncBatchNorm.convert_sync_batchnorm(module) if world > 1 else module
