"""Golden values for src-main/evaluate, from NumPy, PyTorch and scikit-learn: writes evaluate.json.gz beside itself.

/usr/bin/python3 test/golden/evaluate.py     (NumPy 1.24, PyTorch 1.13, scikit-learn 1.2)

Inputs travel as base64 of little-endian float32, so that both sides read the same bits.
"""
import base64
import gzip
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(7)


def pack(a):
    return base64.b64encode(np.ascontiguousarray(a, dtype="<f4").tobytes()).decode()


def std_ratio(x):
    z = F.normalize(torch.from_numpy(x).double(), dim=1)
    return float(z.std(dim=0, unbiased=False).mean() * x.shape[1] ** 0.5)


def effective_rank(x):
    x = x.astype(np.float64)
    s = np.linalg.svd(x - x.mean(0), compute_uv=False)
    p = s / s.sum()
    p = p[p > 0]
    return float(np.exp(-(p * np.log(p)).sum()))


def uniformity(x):
    z = F.normalize(torch.from_numpy(x).double(), dim=1)
    return float(torch.pdist(z).pow(2).mul(-2).exp().mean().log())


def alignment(x, y):
    x, y = (F.normalize(torch.from_numpy(v).double(), dim=1) for v in (x, y))
    return float((x - y).norm(dim=1).pow(2).mean())


def features(n, d, rank, noise, relu):
    x = rng.normal(size=(n, rank)) @ rng.normal(size=(rank, d)) + noise * rng.normal(size=(n, d))
    if relu:
        x = np.maximum(x + 0.5, 0)
    return x.astype(np.float32)


cases = []
for name, n, d, rank, noise, relu in [
    ("wide", 60, 90, 40, 0.1, False),
    ("tall", 120, 40, 40, 0.1, True),
    ("rank two", 80, 64, 2, 0.0, False),
    ("rank one, a trace of noise", 100, 48, 1, 1e-3, False),
    ("nearly constant", 50, 32, 1, 0.0, False),
]:
    x = features(n, d, rank, noise, relu)
    if name == "nearly constant":
        x = (5 + 1e-4 * x).astype(np.float32)
    if name == "tall":
        x[3] = 0
    y = (x + 0.3 * rng.normal(size=x.shape)).astype(np.float32)
    cases.append(
        dict(name=name, n=n, d=d, x=pack(x), y=pack(y), stdRatio=std_ratio(x), effectiveRank=effective_rank(x),
             uniformity=uniformity(x), alignment=alignment(x, y))
    )


def knn_predict(bank, labels, queries, classes, k, t, leave_one_out):
    """facebookresearch's and Wu's classifier: sum of exp(cos / T) of the k nearest, by class."""
    b, q = (F.normalize(torch.from_numpy(v).double(), dim=1) for v in (bank, queries))
    sim = q @ b.T
    if leave_one_out:
        sim.fill_diagonal_(-2)
    w, i = sim.topk(k, dim=1)
    votes = torch.zeros(len(q), classes, dtype=torch.double)
    votes.scatter_add_(1, torch.from_numpy(labels)[i], (w / t).exp())
    return votes.argmax(1).numpy(), i.numpy()


classes, n, d = 5, 150, 24
labels = rng.integers(0, classes, n)
centres = rng.normal(size=(classes, d))
bank = (centres[labels] + 1.6 * rng.normal(size=(n, d))).astype(np.float32)
test_labels = rng.integers(0, classes, 70)
test = (centres[test_labels] + 1.6 * rng.normal(size=(70, d))).astype(np.float32)
knn = dict(classes=classes, d=d, bank=pack(bank), labels=labels.tolist(), test=pack(test), testLabels=test_labels.tolist(), runs=[])
for k, t in [(1, 0.1), (10, 0.1), (20, 0.07), (120, 0.07)]:
    for loo in (False, True):
        p, i = knn_predict(bank, labels, bank if loo else test, classes, k, t, loo)
        knn["runs"].append(dict(k=k, temperature=t, leaveOneOut=loo, predictions=p.tolist(), first=i[:3, : min(k, 10)].tolist()))

out = dict(cases=cases, knn=knn)
path = pathlib.Path(__file__).with_name("evaluate.json.gz")
path.write_bytes(gzip.compress(json.dumps(out).encode(), mtime=0))
print({c["name"]: (c["stdRatio"], c["effectiveRank"], c["uniformity"], c["alignment"]) for c in cases}, path.stat().st_size)
