"""Golden values of the free baselines: scikit-learn's PCA and nearest neighbours, HOG by numpy (block by block, apart from
the application's order of work), on counted pictures that test/unit/baselines.test.ts makes again.

usage: python3 test/golden/baselines.py        (scikit-learn 1.2, numpy; writes baselines.json beside itself)
"""
import json, os
import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

N, SIDE, CLASSES = 240, 32, 4

def wave(t):  # a triangle of integers, 0 to 255, of period 512
    t = t % 512
    return np.where(t < 256, t, 511 - t)

def pictures():
    """Stripes whose direction is the class, beside spots and colours of their own: integers alone, so that any language agrees."""
    out = np.zeros((N, SIDE, SIDE, 3), np.uint8); state = 12345
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    for i in range(N):
        draw = []
        for _ in range(8):
            state = (state * 1103515245 + 12345) % 2147483648; draw.append(state >> 16)
        kind = i % CLASSES
        slope = ((40, 3), (3, 40), (30, 28), (30, -28))[kind]
        stripes = wave(slope[0] * x + slope[1] * y + draw[0] % 512)
        spots = wave((x - draw[1] % 32) ** 2 + (y - draw[2] % 32) ** 2 + draw[3] % 64)
        for c in range(3):
            out[i, :, :, c] = (stripes * (1 + draw[4 + c] % 3) + spots * (1 + draw[7] % 3)) // 6
    return out, np.arange(N) % CLASSES

def hog(picture):
    g = picture.astype(float).mean(-1) / 255
    gx, gy = np.zeros_like(g), np.zeros_like(g)
    gx[:, 1:-1] = g[:, 2:] - g[:, :-2]; gy[1:-1] = g[2:] - g[:-2]
    length, angle = np.hypot(gx, gy), np.arctan2(gy, gx) % np.pi
    bins = (angle / np.pi * 8.999).astype(int)
    cells = np.zeros((8, 8, 9))
    for cy in range(8):
        for cx in range(8):
            part = np.s_[4 * cy:4 * cy + 4, 4 * cx:4 * cx + 4]
            cells[cy, cx] = np.bincount(bins[part].ravel(), length[part].ravel(), 9)
    rows = []
    for by in range(7):
        for bx in range(7):
            block = cells[by:by + 2, bx:bx + 2].ravel()
            rows.append(block / (np.linalg.norm(block) + 1e-3))
    return np.concatenate(rows)

def accuracy(features, labels, k=20, temperature=.1):
    """Leave one out, by cosine, votes weighted exp(cos / T)."""
    right = 0
    for i in range(len(features)):
        others = np.arange(len(features)) != i
        vote = KNeighborsClassifier(k, metric='cosine', algorithm='brute', weights=lambda d: np.exp((1 - d) / temperature))
        right += vote.fit(features[others], labels[others]).predict(features[i:i + 1])[0] == labels[i]
    return right / len(features)

X, y = pictures()
rows = X.reshape(N, 16, 2, 16, 2, 3).mean((2, 4)).reshape(N, -1) / 255
pca = PCA(60, svd_solver='full').fit(rows)
scores = pca.transform(rows)
deviations = np.sqrt(pca.explained_variance_ * (N - 1) / N)  # over n
edges = np.stack([hog(p) for p in X])
unit = lambda a: a / np.linalg.norm(a, axis=1, keepdims=True)
both = np.concatenate([unit(edges), .7 * unit(scores)], 1)
# Edges and colours, whitened: cells of unit length and 4 x 4 means, each block centred and of unit length.
def shared_cells(picture):
    g = picture.astype(float).mean(-1) / 255
    gx, gy = np.zeros_like(g), np.zeros_like(g)
    gx[:, 1:-1] = g[:, 2:] - g[:, :-2]; gy[1:-1] = g[2:] - g[:-2]
    at = np.arctan2(gy, gx) % np.pi / np.pi * 9
    # A triangle about each direction, around the circle: what is left of one that lies nearer than one step.
    away = np.abs(at[..., None] - np.arange(9)); away = np.minimum(away, 9 - away)
    part = np.hypot(gx, gy)[..., None] * np.clip(1 - away, 0, None)
    return part.reshape(8, 4, 8, 4, 9).sum((1, 3))
cells = np.stack([shared_cells(p) for p in X])
cells = (cells / (np.linalg.norm(cells, axis=-1, keepdims=True) + .3)).reshape(N, -1)
colours = X.reshape(N, 8, 4, 8, 4, 3).mean((2, 4)).reshape(N, -1) / 255
blocks = np.concatenate([unit(cells - cells.mean(0)), unit(colours - colours.mean(0))], 1)
joint = PCA(128, svd_solver='full').fit(blocks)
damped = joint.explained_variance_ * (N - 1) / N + .1 * blocks.var(0).mean()
balanced = joint.transform(blocks) / np.sqrt(damped)
json.dump({
    'variances': (deviations ** 2).tolist(),
    # Of the first pictures with each other: signs and turns of the directions cancel.
    'pixelProducts': (scores[:6] @ scores[:6].T).tolist(),
    'whitenedProducts': ((scores / deviations)[:6] @ (scores / deviations)[:6].T).tolist(),
    'balancedProducts': (balanced[:6] @ balanced[:6].T).tolist(),
    'edges': edges[:2].round(7).tolist(),
    'knn': {'pixels': accuracy(scores, y), 'whitened': accuracy(scores / deviations, y), 'hog': accuracy(both, y), 'edges': accuracy(balanced, y)},
    'bytes': int(X.astype(np.int64).sum()),
}, open(os.path.join(os.path.dirname(__file__), 'baselines.json'), 'w'))
