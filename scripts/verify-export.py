"""Reads an export with programs that are not Lookalike's: NumPy, PyTorch and torchvision, PIL, Python's csv.

    /usr/bin/python3 scripts/verify-export.py FOLDER [PHOTO EMBEDDING.npy]

FOLDER holds what `export` and `embed` wrote (model.safetensors, config.json, detectron2.pkl, embeddings.npy, ...);
each file that is there is checked, and the lines of the model card that build a detector in torchvision are run, where
the network is one that a detector starts from: else the card must have none. With a photo and the embedding of it (.npy, as `embed` writes it), the photo is prepared by PIL as config.json says and must
give that embedding to 1e-4 through the safetensors in PyTorch: through readout.safetensors where there is one, whose
lines in the model card are run and compared with stages that are taken by hand.
"""
import csv
import importlib.util
import json
import os
import pathlib
import pickle
import re
import struct
import sys
import types

import numpy as np
import torch
import torchvision
from PIL import Image, ImageOps

TYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}


def load_file(path):
    """safetensors by its description: header length, JSON, bytes."""
    raw = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__", None)
    data = memoryview(raw)[8 + length :]
    return {
        name: torch.from_numpy(
            np.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"]).copy()
        )
        for name, entry in header.items()
    }


def stand_in_for_safetensors():
    """load.py and the model card import the safetensors package, which may be absent here: they get the reader above."""
    module = types.ModuleType("safetensors.torch")
    module.load_file = load_file
    sys.modules.setdefault("safetensors", types.ModuleType("safetensors"))
    sys.modules["safetensors.torch"] = module


def check_detectron2(folder):
    """The file as Detectron2's DetectionCheckpointer opens it, under the names of its tools/convert-torchvision-to-d2.py."""
    with open(folder / "detectron2.pkl", "rb") as file:
        checkpoint = pickle.load(file, encoding="latin1")
    assert checkpoint["matching_heuristics"] is True and "__author__" in checkpoint
    model = checkpoint["model"]
    assert all(array.dtype == np.float32 and array.flags.writeable for array in model.values())
    if not (folder / "model.safetensors").exists():
        return print("detectron2.pkl:", len(model), "tensors")
    weights = load_file(folder / "model.safetensors")
    for name in [name for name in weights if name.endswith("num_batches_tracked")]:
        del weights[name]
    for name, tensor in weights.items():
        other = name if "layer" in name else "stem." + name
        for stage in (1, 2, 3, 4):
            other = other.replace(f"layer{stage}", f"res{stage + 1}")
        for place in (1, 2, 3):
            other = other.replace(f"bn{place}", f"conv{place}.norm")
        other = other.replace("downsample.0", "shortcut").replace("downsample.1", "shortcut.norm")
        assert np.array_equal(model[other], tensor.numpy()), other
    assert len(model) == len(weights)
    print("detectron2.pkl equals model.safetensors:", len(model), "tensors")


def run_detector(folder, config):
    """Runs the lines of the model card that build a detector in torchvision, and the detector on a photo of noise."""
    card = (folder / "README.md").read_text("utf-8")
    lines = [code for code in re.findall(r"```python\n(.*?)```", card, re.S) if "FasterRCNN" in code]
    stem = config.get("lookalike", {"stem": "imagenet"})["stem"]
    suits = stem == "imagenet" and config["pretrained_cfg"]["input_size"][0] == 3
    assert bool(lines) == suits, "the card has a detector" if lines else "the card has no detector"
    if not suits:
        return print("no detector starts from this network, and the card has none")
    os.chdir(folder)
    sys.path.insert(0, ".")
    scope = {}
    exec(lines[0], scope)
    with torch.no_grad():
        found = scope["detector"].eval()([torch.rand(3, 160, 200)])
        maps = scope["detector"].backbone(torch.rand(1, 3, 128, 128))
    assert set(found[0]) == {"boxes", "labels", "scores"}
    print("a detector in torchvision starts from it; its maps:", [list(m.shape[2:]) for m in maps.values()])


def load_network(folder, config):
    if "lookalike" not in config:
        net = getattr(torchvision.models, config["architecture"])()
        net.fc = torch.nn.Identity()
        print("strict load into torchvision's", config["architecture"], net.load_state_dict(load_file(folder / "model.safetensors"), strict=True))
        return net.eval()
    spec = importlib.util.spec_from_file_location("load", folder / "load.py")
    load = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(load)
    print("load.py:", config["lookalike"])
    return load.load_encoder(folder)


def edges_by_angle(photo):
    """Gradients of a photo [C, S, S] at 32 px by direction and cell [225], each cell at about one length."""
    small = torch.nn.functional.interpolate(photo[None], size=(32, 32), mode="bilinear", antialias=True)[0]
    grey = small.mean(0).numpy().astype(np.float64)
    down, right = (np.gradient(grey, axis=axis)[1:-1, 1:-1] * 2 for axis in (0, 1))
    length, angle = np.hypot(right, down), np.arctan2(down, right)
    cells = np.zeros((9, 5, 5))
    for y in range(30):
        for x in range(30):
            # The 5 x 5 cells of 8 px, one every 6 px, that the pixel lies in.
            within = np.array([[6 * cell <= at + 1 < 6 * cell + 8 for cell in range(5)] for at in (y, x)])
            part = length[y, x] * np.cos(angle[y, x] - np.arange(9) * np.pi / 9) ** 16 / 64
            cells += part[:, None, None] * within[0][:, None] * within[1]
    return torch.from_numpy((cells / (np.linalg.norm(cells, axis=0) + 0.1)).reshape(-1).astype(np.float32))


def read_out(folder, net, pixels):
    """What photos are compared by, [N, D]: last two stages of the enlarged photo, caught as the network computes them."""
    side = round(1.5 * pixels.shape[-1])
    caught = {}
    hooks = [
        getattr(net, name).register_forward_hook(lambda _, __, out, name=name: caught.update({name: out}))
        for name in ("layer3", "layer4")
    ]
    net(torch.nn.functional.interpolate(pixels, size=(side, side), mode="bilinear", align_corners=False))
    for hook in hooks:
        hook.remove()
    stages = torch.cat([caught[name].flatten(2).mean(2) for name in ("layer3", "layer4")], 1)
    readout = load_file(folder / "readout.safetensors")
    if readout["weight"].shape[1] > stages.shape[1]:
        stages = torch.cat([stages, torch.stack([edges_by_angle(photo) for photo in pixels])], 1)
    return stages @ readout["weight"].T + readout["bias"]


def check_readout(folder, net, pixels):
    """Runs the lines of the model card that use readout.safetensors, on pixels [N, C, H, W]."""
    card = (folder / "README.md").read_text("utf-8")
    (lines,) = [code for code in re.findall(r"```python\n(.*?)```", card, re.S) if "readout.safetensors" in code]
    os.chdir(folder)
    scope = {"encoder": net, "pixels": pixels}
    exec(lines, scope)
    found, want = scope["embedding"], read_out(folder, net, pixels)
    difference = (found - want).abs().max().item()
    print("readout.safetensors: largest difference of the card's lines", difference, "of", want.abs().max().item())
    assert difference < 1e-4 * max(1, want.abs().max().item())


def prepare(path, config):
    cfg = config["pretrained_cfg"]
    size = cfg["input_size"][1]
    short = int(size / cfg["crop_pct"])
    photo = ImageOps.exif_transpose(Image.open(path))
    if photo.mode in ("LA", "PA", "RGBA") or "transparency" in photo.info:
        photo = photo.convert("RGBA")
        photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo)
    photo = photo.convert("RGB")
    if len(cfg["mean"]) == 1:
        photo = photo.convert("L")
    w, h = photo.size
    w, h = (short, int(short * h / w)) if w <= h else (int(short * w / h), short)
    photo = photo.resize((w, h), Image.BILINEAR)
    left, top = round((w - size) / 2), round((h - size) / 2)
    x = np.asarray(photo.crop((left, top, left + size, top + size)), np.float32) / 255
    x = (x - np.float32(cfg["mean"])) / np.float32(cfg["std"])
    return torch.from_numpy((x[None] if x.ndim == 2 else x.transpose(2, 0, 1))[None].copy())


def main(folder, photo=None, expected=None):
    folder, photo, expected = (path and pathlib.Path(path).resolve() for path in (folder, photo, expected))
    stand_in_for_safetensors()
    if (folder / "detectron2.pkl").exists():
        check_detectron2(folder)
    if (folder / "model.safetensors").exists():
        config = json.loads((folder / "config.json").read_text())
        net = load_network(folder, config)
        whitened = (folder / "readout.safetensors").exists()
        if whitened:
            with torch.no_grad():
                check_readout(folder, net, torch.randn(2, *config["pretrained_cfg"]["input_size"]))
        if photo:
            with torch.no_grad():
                pixels = prepare(photo, config)
                found = (read_out(folder, net, pixels) if whitened else net(pixels)).numpy()[0]
            want = np.load(expected).reshape(-1)
            print("photo by PIL: largest difference", np.abs(found - want).max(), "of", np.abs(want).max())
            assert np.abs(found - want).max() < 1e-4 * max(1, np.abs(want).max())
    if (folder / "embeddings.npy").exists():
        vectors = np.load(folder / "embeddings.npy")
        with open(folder / "images.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(vectors) and vectors.dtype == np.float32
        print("npy", vectors.shape, "names", len(rows), repr(rows[0]["name"]))
        if (folder / "embeddings.csv").exists():
            with open(folder / "embeddings.csv", newline="", encoding="utf-8") as file:
                table = list(csv.reader(file))
            numbers = np.array([row[3:] for row in table[1:]], np.float32)
            assert np.array_equal(numbers, vectors, equal_nan=True) and [r[1] for r in table[1:]] == [r["name"] for r in rows]
            print("csv equals npy")
        if (folder / "projector").exists():
            tensors = np.loadtxt(folder / "projector/tensors.tsv", dtype=np.float32, delimiter="\t", ndmin=2)
            lines = (folder / "projector/metadata.tsv").read_text("utf-8").split("\n")
            assert np.array_equal(tensors, vectors, equal_nan=True) and len(lines) == len(vectors) + 2
            print("projector equals npy;", lines[0].split("\t"))

    if (folder / "model.safetensors").exists():
        run_detector(folder, config)


if __name__ == "__main__":
    main(*sys.argv[1:])
