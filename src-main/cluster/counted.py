"""Counted numbers, and what happens to a view drawn from them: functions of (seed, epoch, photo, view) alone.

So every rank, worker and resumed run sees the same views, and they are those of Lookalike itself. Python's own library
is all that this needs."""
import hashlib
import math

WORD = 0xFFFFFFFF


def philox(counter, key0, key1):
    """Philox4x32-10 (Salmon et al. 2011): four words of 32 bits for a counter of four and a key of two."""
    c0, c1, c2, c3 = counter
    for _ in range(10):
        a, b = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ key0, b & WORD, (a >> 32) ^ c3 ^ key1, a & WORD
        key0, key1 = (key0 + 0x9E3779B9) & WORD, (key1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


def unit(word):
    return word / 2 ** 32


def draw(augment, seed, epoch, photo, view, width, height):
    """What happens to view `view` of a photo of width x height pixels: torchvision's RandomResizedCrop and ColorJitter,
    SimCLR's blur. Each decision has a counter of its own: (block, view, the photo's id as two words)."""
    digest = hashlib.sha256(photo.encode()).digest()
    id0, id1 = int.from_bytes(digest[:4], 'little'), int.from_bytes(digest[4:8], 'little')
    words = lambda block: philox((block, view, id0, id1), seed, epoch)
    between = lambda word, low, high: low + (high - low) * unit(word)
    choices, rest = words(0), words(2)
    jitter = None
    if unit(choices[1]) < augment['jitter']:
        jitter = _jitter(augment, words(1), rest[1], between)
    return {
        'crop': _crop(augment, width, height, words, between),
        'flip': unit(choices[0]) < augment['flip'],
        'verticalFlip': unit(rest[0]) < augment['verticalFlip'],
        'jitter': jitter,
        'grayscale': unit(choices[2]) < augment['grayscale'],
        'sigma': between(rest[2], augment['blurSigmaMin'], augment['blurSigmaMax']) if unit(choices[3]) < augment['blur'] else 0,
    }


def _crop(augment, width, height, words, between):
    narrow, wide = augment['cropRatioMin'], augment['cropRatioMax']
    for attempt in range(10):
        a, r, x, y = words(3 + attempt)
        area = width * height * between(a, augment['cropScaleMin'], augment['cropScaleMax'])
        ratio = math.exp(between(r, math.log(narrow), math.log(wide)))
        w, h = math.floor(math.sqrt(area * ratio) + 0.5), math.floor(math.sqrt(area / ratio) + 0.5)
        if 0 < w <= width and 0 < h <= height:
            return math.floor(unit(x) * (width - w + 1)), math.floor(unit(y) * (height - h + 1)), w, h
    ratio = min(max(width / height, narrow), wide)
    w = max(1, min(width, math.floor(height * ratio + 0.5)))
    h = max(1, min(height, math.floor(width / ratio + 0.5)))
    return (width - w) >> 1, (height - h) >> 1, w, h


def _jitter(augment, words, orderWord, between):
    amounts = {name: between(word, max(0, 1 - augment[name]), 1 + augment[name])
               for name, word in zip(('brightness', 'contrast', 'saturation'), words)}
    amounts['hue'] = between(words[3], -augment['hue'], augment['hue'])
    left, index, steps = ['brightness', 'contrast', 'saturation', 'hue'], math.floor(unit(orderWord) * 24), []
    for n in (4, 3, 2, 1):
        steps.append(left.pop(index % n))
        index //= n
    return [(step, amounts[step]) for step in steps if augment[step] > 0]
