"""Golden steps of the linear classifier's two recipes for src-main/evaluate/probe.ts, from PyTorch: writes probe.json
beside itself.

/usr/bin/python3 test/golden/probe.py     (torch 1.13)

Features and first weights are counted(name) (simsiam_steps.py), labels a counted pattern; the order of an epoch is
Fisher and Yates's on Philox4x32-10, written here from its paper. Computed in float64. SGD is torch.optim.SGD; LARS
scales the weight's gradient to 0.001 times the weight's length before momentum and leaves the bias as it is.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from simsiam_steps import counted

MASK = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & MASK, (a >> 32) ^ c[3] ^ k[1], a & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def epoch_order(seed, epoch, n):
    order, words = list(range(n)), []
    for i in range(n - 1, 0, -1):
        words = words or philox([i, MASK, 0, 0], [seed, epoch])
        j = int(words.pop() / 2**32 * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


def run(optimizer, n, d, classes, epochs, seed):
    peak, most = {"sgd": (30, 256), "lars": (0.1 * 4096 / 256, 4096)}[optimizer]
    x = counted(f"probe.{optimizer}.x", (n, d), 3).double()
    y = torch.tensor([(i * i + i // 7) % classes for i in range(n)])
    x[torch.arange(n), y % d] += 1
    linear = torch.nn.Linear(d, classes).double()
    with torch.no_grad():
        linear.weight.copy_(counted(f"probe.{optimizer}.weight", (classes, d), 0.02).double())
        linear.bias.zero_()
    rows = x / x.pow(2).sum(1).mean().sqrt() if optimizer == "sgd" else x
    per_epoch = math.ceil(n / most)
    batch = n // per_epoch
    total = epochs * per_epoch
    sgd = torch.optim.SGD(linear.parameters(), lr=peak, momentum=0.9)
    losses = []
    for step in range(total):
        epoch, part = divmod(step, per_epoch)
        picked = epoch_order(seed, epoch, n)[part * batch : (part + 1) * batch]
        loss = F.cross_entropy(linear(rows[picked]), y[picked])
        sgd.zero_grad()
        loss.backward()
        if optimizer == "lars":
            w = linear.weight
            w.grad *= 0.001 * w.detach().norm() / w.grad.norm()
        for group in sgd.param_groups:
            group["lr"] = peak * (1 + math.cos(math.pi * step / total)) / 2
        sgd.step()
        losses.append(loss.item())
    scale = x.pow(2).sum(1).mean().sqrt().item() if optimizer == "sgd" else 1
    return dict(optimizer=optimizer, n=n, d=d, classes=classes, epochs=epochs, seed=seed, losses=losses,
                weight=(linear.weight / scale).flatten().tolist(), bias=linear.bias.tolist())


cases = [run("sgd", 600, 10, 4, 3, 5), run("lars", 5000, 10, 4, 3, 7)]
path = pathlib.Path(__file__).with_name("probe.json")
path.write_text(json.dumps(cases))
for case in cases:
    print(case["optimizer"], case["losses"])
