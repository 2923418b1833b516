"""Golden linear evaluations for src-main/evaluate, from scikit-learn: writes linear.json.gz beside itself.

/usr/bin/python3 test/golden/linear.py     (scikit-learn 1.2, NumPy 1.24)

LogisticRegression at its defaults (L-BFGS, C 1) but for max_iter, so that it converges. The second set imitates
frozen backbone features: non-negative, correlated, with classes that overlap.
"""
import base64
import gzip
import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(11)


def pack(a):
    return base64.b64encode(np.ascontiguousarray(a, dtype="<f4").tobytes()).decode()


def blobs(n, classes, d, spread):
    y = rng.integers(0, classes, n)
    return y, (centres[y] + spread * rng.normal(size=(n, d))).astype(np.float32)


sets = []
for name, classes, d, n, m, spread, relu in [
    ("three classes apart", 3, 8, 150, 200, 1.0, False),
    ("ten overlapping classes of correlated features", 10, 48, 600, 400, 2.2, True),
    ("two classes, more dimensions than rows", 2, 60, 40, 200, 2.5, False),
]:
    centres = rng.normal(size=(classes, d))
    mix = rng.normal(size=(d, d)) / d**0.5
    (y, x), (ty, tx) = blobs(n, classes, d, spread), blobs(m, classes, d, spread)
    if relu:
        x, tx = (np.maximum(v @ mix, 0).astype(np.float32) for v in (x, tx))
    case = dict(name=name, classes=classes, d=d, x=pack(x), y=y.tolist(), tx=pack(tx), ty=ty.tolist(), fits=[])
    for standardize in (False, True):
        scaler = StandardScaler().fit(x) if standardize else None
        a, b = (scaler.transform(v) if scaler else v for v in (x, tx))
        for c in (1.0, 0.01):
            model = LogisticRegression(C=c, max_iter=20000, tol=1e-6).fit(a.astype(np.float64), y)
            case["fits"].append(
                dict(standardize=standardize, C=c, accuracy=float(model.score(b.astype(np.float64), ty)),
                     predictions=model.predict(b.astype(np.float64)).tolist(),
                     weightNorm=float(np.linalg.norm(model.coef_)) if classes > 2 else None)
            )
            print(name, standardize, c, case["fits"][-1]["accuracy"], model.n_iter_)
    sets.append(case)
path = pathlib.Path(__file__).with_name("linear.json.gz")
path.write_bytes(gzip.compress(json.dumps(sets).encode(), mtime=0))
print(path.stat().st_size)
