"""Golden values of augmentation, from torchvision on float tensors (written with torchvision 0.14, PyTorch 1.13).

Run: /usr/bin/python3 test/golden/augment.py
Writes augment.json (the cases and where their values lie) and augment.bin.gz (images as uint8 HWC, then expected
views as uint16 = value * 65535, CHW, before normalisation). Blur is torchvision's gaussian_blur with
kernel_size 2 * ceil(3 sigma) + 1; crop and resize are resized_crop with antialias=True. `crops` holds quantiles
of torchvision's RandomResizedCrop.get_params, against which drawn crops are tested.
"""
import gzip
import itertools
import json
import math
import os

import numpy as np
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(7)
torch.manual_seed(7)
blob = bytearray()


def append(data):
    at = len(blob)
    blob.extend(data)
    return at


def image(width, height, kind):
    """Colourful and smooth with noise, or pure noise, or grey, as uint8 [height, width, 3]."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    if kind == "grey":
        return np.repeat(rng.integers(0, 256, (height, width, 1), dtype=np.uint8), 3, axis=2)
    channels = [np.sin(x / (3 + c) + y / (7 - c) + 2 * c) * 100 + 128 for c in range(3)]
    return np.clip(np.stack(channels, -1) + rng.normal(0, 20, (height, width, 3)), 0, 255).astype(np.uint8)


images = [
    image(61, 47, "smooth"), image(40, 90, "smooth"), image(16, 16, "noise"), image(16, 16, "grey"),
    image(33, 1, "noise"), image(1, 1, "noise"), image(300, 20, "noise"),
]
meta_images = [
    {"at": append(i.tobytes()), "width": i.shape[1], "height": i.shape[0]} for i in images
]
cases = []


def case(name, index, size, crop=None, flip=False, verticalFlip=False, jitter=None, grayscale=False, blurSigma=0):
    height, width = images[index].shape[:2]
    x, y, w, h = crop or (0, 0, width, height)
    view = torch.from_numpy(images[index].copy()).permute(2, 0, 1).float() / 255
    view = F.resized_crop(view, y, x, h, w, [size, size], antialias=True)
    for step in (jitter or {}).get("order", []):
        view = getattr(F, "adjust_" + step)(view, jitter[step])
    if grayscale:
        view = F.rgb_to_grayscale(view, 3)
    if blurSigma:
        view = F.gaussian_blur(view, 2 * min(math.ceil(3 * blurSigma), size - 1) + 1, blurSigma)
    if flip:
        view = F.hflip(view)
    if verticalFlip:
        view = F.vflip(view)
    assert torch.isfinite(view).all() and -1e-4 < view.min() and view.max() < 1 + 1e-4
    values = np.clip(np.round(view.numpy() * 65535), 0, 65535).astype("<u2")
    cases.append({
        "name": name, "image": index, "size": size, "at": append(values.tobytes()),
        "parameters": {
            "crop": {"x": x, "y": y, "width": w, "height": h}, "flip": flip, "verticalFlip": verticalFlip,
            "jitter": jitter, "grayscale": grayscale, "blurSigma": blurSigma,
        },
    })


def jitter(order, brightness=1.0, contrast=1.0, saturation=1.0, hue=0.0):
    return {"order": order, "brightness": brightness, "contrast": contrast, "saturation": saturation, "hue": hue}


# Crop and resize.
case("crop: whole image", 0, 32)
case("crop: inside", 0, 32, (5, 7, 40, 36))
case("crop: one pixel wide", 0, 16, (60, 3, 1, 30))
case("crop: one pixel high", 0, 16, (3, 46, 50, 1))
case("crop: one pixel", 0, 16, (60, 46, 1, 1))
case("crop: enlarged", 0, 32, (10, 10, 7, 5))
case("crop: enlarged one way, reduced the other", 1, 24, (4, 0, 9, 90))
case("crop: two pixels by three, in the last corner", 0, 16, (59, 44, 2, 3))
case("crop: extreme ratio", 6, 16, (0, 0, 300, 20))
case("crop: extreme ratio the other way", 1, 16, (20, 0, 2, 90))
case("crop: image of one row", 4, 16)
case("crop: image of one pixel", 5, 16)
case("crop: same size", 2, 16)
case("crop: size that is no multiple of 16", 0, 20, (1, 2, 50, 41))
case("flip", 0, 16, (5, 7, 40, 36), flip=True)
case("flip: vertical", 0, 16, (5, 7, 40, 36), verticalFlip=True)
case("flip: both", 1, 20, (0, 11, 31, 51), flip=True, verticalFlip=True)
# Jitter, one step at a time; index 2 and 3 are 16 x 16, so that the resize is the identity.
for f in (0, 0.6, 1.4, 2):
    case(f"brightness {f}", 2, 16, jitter=jitter(["brightness"], brightness=f))
    case(f"contrast {f}", 2, 16, jitter=jitter(["contrast"], contrast=f))
    case(f"saturation {f}", 2, 16, jitter=jitter(["saturation"], saturation=f))
for h in (-0.5, -0.1, -0.001, 0, 0.1, 1 / 3, 0.5):
    case(f"hue {h}", 2, 16, jitter=jitter(["hue"], hue=h))
case("hue of a grey image", 3, 16, jitter=jitter(["hue"], hue=0.3))
case("saturation of a grey image", 3, 16, jitter=jitter(["saturation"], saturation=1.4))
for order in itertools.permutations(["brightness", "contrast", "saturation", "hue"]):
    case("order " + ", ".join(order), 2, 16, jitter=jitter(list(order), 1.37, 0.65, 1.31, -0.09))
# Grey.
case("grey", 2, 16, grayscale=True)
case("grey of a grey image", 3, 16, grayscale=True)
# Blur.
for s in (0.1, 0.3, 0.8, 1, 1.5, 2, 4.9, 10):
    case(f"blur {s}", 2, 16, blurSigma=s)
case("blur of a size that is no multiple of 16", 0, 20, blurSigma=1.7)
# The whole chain.
case("chain", 0, 32, (3, 2, 50, 40), True, False, jitter(["hue", "contrast", "brightness", "saturation"], 1.2, 1.4, 0.6, 0.1), False, 1.3)
case("chain, grey", 1, 32, (0, 20, 40, 60), False, True, jitter(["saturation", "hue", "contrast", "brightness"], 0.6, 0.7, 1.4, -0.1), True, 0.7)
case("chain, bright", 6, 32, (100, 0, 20, 20), True, True, jitter(["brightness", "saturation", "hue", "contrast"], 1.4, 1.4, 1.4, 0.5), False, 2)

crops = []
for width, height, scale, ratio in [
    (200, 150, (0.2, 1.0), (3 / 4, 4 / 3)), (64, 64, (0.08, 0.5), (0.5, 2.0)), (400, 120, (0.2, 1.0), (3 / 4, 4 / 3)),
]:
    draws = 30000
    rows = []
    for _ in range(draws):
        i, j, h, w = T.RandomResizedCrop.get_params(torch.zeros(1).expand(3, height, width), scale, ratio)
        rows.append((w * h / (width * height), math.log(w / h), j / (width - w) if w < width else 0.5, i / (height - h) if h < height else 0.5))
    rows = np.array(rows)
    levels = np.linspace(0.05, 0.95, 19)
    # The share at or below each quantile is given too: sizes are whole pixels, so values repeat.
    quantiles = np.quantile(rows, levels, axis=0, method="lower")
    share = (rows[None] <= quantiles[:, None] + 1e-9).mean(1)
    crops.append({
        "width": width, "height": height, "scale": scale, "ratio": ratio, "draws": draws,
        "columns": ["area", "logRatio", "x", "y"],
        "quantiles": quantiles.T.round(9).tolist(), "share": share.T.round(6).tolist(),
    })

with open(os.path.join(here, "augment.json"), "w") as f:
    json.dump({"images": meta_images, "cases": cases, "crops": crops}, f, separators=(",", ":"))
with open(os.path.join(here, "augment.bin.gz"), "wb") as f:
    f.write(gzip.compress(bytes(blob), 9, mtime=0))
