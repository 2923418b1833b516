"""Figures of the fixed probe photos in evaluation mode, as Lookalike's monitor computes them (shared/metrics there)."""
import math

import numpy as np
import torch

from counted import draw
from ranks import objects, rank, world
from views import make

SECOND_VIEW = 1000  # training uses the first few
MOST = 512  # photos that spectra and pairs are of


@torch.no_grad()
def embedded(net, photos, places, device, read, batch=64):
    """Features, projections and predictions of photos, computed by all ranks together: three arrays [n, ...]."""
    own, out = places[rank::world], [[], [], []]
    net.eval()
    for at in range(0, len(own), batch):
        x = np.stack([photos.instead(place, read) for place in own[at:at + batch]])
        features = net.backbone(torch.from_numpy(x).to(device)).float()
        z = net.projector(features)
        for to, value in zip(out, (features, z, net.predict(z))):
            to.append(value.cpu().numpy())
    net.train()
    parts = objects([np.concatenate(part) if part else None for part in out])
    whole = []
    for i in range(3):
        known = [(r, part[i]) for r, part in enumerate(parts) if part[i] is not None]
        rows = np.empty((len(places), known[0][1].shape[1]), np.float32)
        for r, part in known:
            rows[r::world] = part
        whole.append(rows)
    return whole


def unit(x):
    length = np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
    return x / np.where(length > 0, length, 1)


def stdRatio(x):
    return float(unit(x).std(0).mean() * math.sqrt(x.shape[1]))


def effectiveRank(x):
    x = x.astype(np.float64)
    x = x - x.mean(0)
    values = np.linalg.eigvalsh(x @ x.T if len(x) <= x.shape[1] else x.T @ x)
    singular = np.sqrt(values[values > max(values[-1], 0) * min(x.shape) * np.finfo(np.float64).eps])
    if singular.sum() == 0:
        return 1.0
    share = singular / singular.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def uniformity(x):
    u = unit(x)
    squares = np.maximum(0, 2 - 2 * u @ u.T)[np.tril_indices(len(u), -1)]
    return float(np.log(np.exp(-2 * squares).mean()))


def votes(probe, heldOut, labels, heldOutLabels, k, temperature):
    """Truth and prediction of each labelled photo: those held out by the probe photos, else each by the others."""
    classes = sorted({label for label in labels if label is not None}, key=lambda s: s.encode('utf-16-be'))
    if len(classes) < 2:
        return None
    number = lambda names: np.array([classes.index(name) if name in classes else -1 for name in names], int)
    bankLabels, bank = number(labels), unit(probe)
    bank, bankLabels = bank[bankLabels >= 0], bankLabels[bankLabels >= 0]
    asked, truth = bank, bankLabels
    own = True
    if heldOut is not None and (number(heldOutLabels) >= 0).any():
        truth = number(heldOutLabels)
        asked, truth, own = unit(heldOut)[truth >= 0], truth[truth >= 0], False
    cosines = asked @ bank.T
    if own:
        np.fill_diagonal(cosines, -np.inf)
    k = max(1, min(k, len(bank) - 1 if own else len(bank)))
    nearest = np.argsort(-cosines, 1, kind='stable')[:, :k]
    near = np.take_along_axis(cosines, nearest, 1)
    weights = np.exp((near - near[:, :1]) / temperature)
    scores = np.zeros((len(asked), len(classes)))
    for column in range(k):
        np.add.at(scores, (np.arange(len(asked)), bankLabels[nearest[:, column]]), weights[:, column])
    return truth, scores.argmax(1)


def measure(net, photos, run, device):
    """The probe's figures, as a row of the history has them."""
    chosen, config = run['probe'], photos.config
    places = [photos.placeOf[name] for name in chosen['photos']]
    first, z, p = embedded(net, photos, places, device, photos.evaluationImage)
    paired = chosen['paired']

    def secondView(place):
        pixels = photos.trainingImage(place)
        height, width = pixels.shape[:2]
        drawn = draw(config['augment'], config['seed'], 0, photos.rows[place]['id'], SECOND_VIEW, width, height)
        return make(pixels, drawn, config['imageSize'])

    second = embedded(net, photos, places[:paired], device, secondView)[0]
    held = [photos.placeOf[name] for name in chosen['heldOut']]
    heldOut = embedded(net, photos, held, device, photos.evaluationImage)[0] if held else None
    label = lambda places: [photos.rows[place]['label'] for place in places]
    found = votes(first, heldOut, label(places), label(held), config['probe']['k'], config['probe']['temperature'])
    knn = balanced = None
    if found:
        truth, guessed = found
        knn = float((truth == guessed).mean())
        balanced = float(np.mean([(guessed[truth == c] == c).mean() for c in np.unique(truth)]))
    a, b = unit(first[:paired]), unit(second)
    return {
        'std': {'backbone': stdRatio(first), 'projection': stdRatio(z), 'prediction': stdRatio(p)},
        'rank': {'backbone': effectiveRank(first[:MOST]), 'projection': effectiveRank(z[:MOST])},
        'alignment': float(np.square(a - b).sum(1).mean()),
        'uniformity': uniformity(first[:MOST]),
        'knn': knn,
        'balancedKnn': balanced,
        'agreement': float(((a @ b.T).argmax(1) == np.arange(paired)).mean()),
    }
