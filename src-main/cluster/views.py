"""Views of a photo as arrays, and the order of an epoch, by the counted numbers of counted.py."""
import math

import numpy as np

from counted import WORD

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def epochOrder(seed, epoch, count):
    """The order in which an epoch visits photos 0 to count - 1 (Fisher and Yates): position -> photo."""
    order = np.arange(count, dtype=np.int64).tolist()
    # Every fourth i, from the last down, draws four words, which are used from the last to the first.
    firsts = np.arange(count - 1, 0, -4, dtype=np.uint64)
    key = [np.uint64(k) for k in (seed, epoch)]
    zero = np.zeros_like(firsts)
    words = _many(firsts, zero + np.uint64(WORD), zero, zero, *key)
    drawn = np.stack(words[::-1], 1).reshape(-1)[:max(0, count - 1)]
    i = np.arange(count - 1, 0, -1)
    for at, j in zip(i.tolist(), np.floor(drawn / 2.0 ** 32 * (i + 1)).astype(np.int64).tolist()):
        order[at], order[j] = order[j], order[at]
    return order


def _many(c0, c1, c2, c3, key0, key1):
    """counted.philox of many counters at once, arrays of uint64."""
    m0, m1, w0, w1, mask, half = (np.uint64(v) for v in (0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85, WORD, 32))
    for _ in range(10):
        a, b = c0 * m0, c2 * m1
        c0, c1, c2, c3 = (b >> half) ^ c1 ^ key0, b & mask, (a >> half) ^ c3 ^ key1, a & mask
        key0, key1 = (key0 + w0) & mask, (key1 + w1) & mask
    return c0, c1, c2, c3


def make(pixels, drawn, size):
    """A view [3, size, size], normalised, of a photo uint8 [height, width, 3]."""
    x, y, w, h = drawn['crop']
    rows = _resampling(h, size, drawn['verticalFlip']) * np.float32(1 / 255)
    columns = _resampling(w, size, drawn['flip'])
    crop = pixels[y:y + h, x:x + w].astype(np.float32)
    tall = rows @ crop.reshape(h, w * 3)  # [size, w 3]
    planes = columns @ tall.reshape(size, w, 3)  # [size, size, 3]
    planes = np.ascontiguousarray(planes.transpose(2, 0, 1))
    one = np.float32(1)
    for step, amount in drawn['jitter'] or []:
        amount = np.float32(amount)
        if step == 'brightness':
            planes = np.clip(planes * amount, 0, 1)
        elif step == 'contrast':
            planes = np.clip(planes * amount + grey(planes).mean(dtype=np.float64).astype(np.float32) * (one - amount), 0, 1)
        elif step == 'saturation':
            planes = np.clip(planes * amount + grey(planes) * (one - amount), 0, 1)
        else:
            planes = _turned(planes, amount)
    if drawn['grayscale']:
        planes = np.broadcast_to(grey(planes), planes.shape)
    if drawn['sigma'] > 0:
        blur = _gaussian(drawn['sigma'], size)
        planes = blur @ planes @ blur.T
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (MEAN, STD))
    return ((planes - mean) / std).astype(np.float32)


def grey(planes):
    r, g, b = planes
    return r * np.float32(0.2989) + g * np.float32(0.587) + b * np.float32(0.114)


def _resampling(given, wanted, mirrored):
    """Antialiased bilinear weights [wanted, given], as torch's interpolate(antialias=True)."""
    scale = given / wanted
    support = max(scale, 1)
    centre = scale * (np.arange(wanted) + 0.5)
    first = np.maximum(np.trunc(centre - support + 0.5), 0)
    end = np.minimum(np.trunc(centre + support + 0.5), given)
    at = np.arange(given)
    weights = np.maximum(0, 1 - np.abs((at - centre[:, None] + 0.5) / support))
    weights[(at < first[:, None]) | (at >= end[:, None])] = 0
    weights = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    return weights[::-1] if mirrored else weights


def _gaussian(sigma, size):
    """The blur of one axis as a matrix [size, size]: radius ceil(3 sigma), edges reflected."""
    radius = min(math.ceil(3 * sigma), size - 1)
    k = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (k / sigma) ** 2)
    kernel /= kernel.sum()
    out = np.zeros((size, size), np.float64)
    for offset, weight in zip(k, kernel):
        at = np.abs(np.arange(size) + offset)
        at = np.where(at >= size, 2 * size - 2 - at, at)
        np.add.at(out, (np.arange(size), at), weight)
    return out.astype(np.float32)


def _turned(planes, turns):
    """Every colour's hue by so many turns, value and saturation kept."""
    r, g, b = planes
    largest, smallest = planes.max(0), planes.min(0)
    chroma = largest - smallest
    red, green = largest == r, largest == g
    numerator = np.where(red, g - b, np.where(green, b - r, r - g))
    offset = np.where(red, np.float32(0), np.where(green, np.float32(2), np.float32(4)))
    h = numerator / np.where(chroma == 0, np.float32(1), chroma) + offset + turns * np.float32(6)
    h = h - np.float32(6) * np.floor(h * np.float32(1 / 6))
    out = []
    for shift in (5, 3, 1):
        k = h + np.float32(shift)
        k = np.where(k >= 6, k - np.float32(6), k)
        out.append(largest - chroma * np.clip(np.minimum(k, np.float32(4) - k), 0, 1))
    return np.stack(out)
