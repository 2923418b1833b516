"""Golden principal components for src-main/search, from NumPy's SVD: writes components.json beside itself.

/usr/bin/python3 test/golden/components.py     (NumPy 1.24)

The data are a formula both sides compute: x[i, j] = sin(i * 0.37 + j * j * 0.11) + (j == 3) * cos(i) + 0.5 * (i % 7 == j).
"""
import json
import pathlib

import numpy as np

n, d = 90, 16
i, j = np.arange(n)[:, None], np.arange(d)[None]
x = np.sin(i * 0.37 + j * j * 0.11) + (j == 3) * np.cos(i) + 0.5 * (i % 7 == j)
x /= np.linalg.norm(x, axis=1, keepdims=True)
x -= x.mean(0)
u, s, vt = np.linalg.svd(x, full_matrices=False)
sign = np.sign(vt[np.arange(d), np.abs(vt).argmax(1)])
coordinates = (x @ vt.T * sign)[:, :3]
out = dict(n=n, d=d, coordinates=coordinates.round(7).tolist(), explained=((s**2) / (s**2).sum())[:3].tolist())
pathlib.Path(__file__).with_name("components.json").write_text(json.dumps(out))
print(out["explained"])
