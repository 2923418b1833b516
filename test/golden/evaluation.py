"""Golden values for the evaluation image and for JPEG decoding: Pillow's and torchvision's, in evaluation.json.gz.

    /usr/bin/python3 test/golden/evaluation.py      (Pillow 9.4, torchvision 0.14, libjpeg-turbo 2.1)

The pictures are a formula that the test repeats; JPEG files are stored as they were written here.
"""
import base64, gzip, hashlib, io, json, os
import numpy as np
import torchvision.transforms as T
from PIL import Image


def picture(w, h):
    y, x, c = np.meshgrid(np.arange(h), np.arange(w), np.arange(3), indexing="ij")
    return (((x * 7 + y * 13 + c * 41 + (x * y) % 97 + (x * x + 3 * y * y) // 50) % 256)).astype(np.uint8)


sizes = [(33, 47), (500, 333), (333, 500), (1000, 100), (20, 300), (9, 9), (128, 128), (147, 146), (146, 147),
         (1201, 799), (8, 2000), (64, 63), (255, 256)]
resized = []
for w, h in sizes:
    image = Image.fromarray(picture(w, h))
    for size in (32, 64, 128, 224):
        short = round(size / 0.875) if size > 64 else size
        out = np.asarray(T.Compose([T.Resize(short), T.CenterCrop(size)])(image))
        resized.append({"width": w, "height": h, "imageSize": size, "sha256": hashlib.sha256(out.tobytes()).hexdigest(),
                        "first": out.reshape(-1)[:24].tolist()})
normalised = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))(T.ToTensor()(Image.fromarray(picture(33, 47))))

jpegs = []
smooth = Image.fromarray(picture(12, 9)).resize((131, 77), Image.BICUBIC)
for name, mode, options in [
    ("4:2:0", "RGB", dict(subsampling=2, quality=75)), ("4:2:2", "RGB", dict(subsampling=1, quality=85)),
    ("4:4:4", "RGB", dict(subsampling=0, quality=90)), ("4:2:0 progressive", "RGB", dict(subsampling=2, progressive=True)),
    ("grey", "L", dict(quality=80)), ("4:2:0 coarse", "RGB", dict(subsampling=2, quality=10)),
]:
    file = io.BytesIO()
    smooth.convert(mode).save(file, "JPEG", **options)
    pixels = np.asarray(Image.open(io.BytesIO(file.getvalue())).convert("RGB"))
    jpegs.append({"name": name, "file": base64.b64encode(file.getvalue()).decode(),
                  "pixels": base64.b64encode(pixels.tobytes()).decode(), "width": pixels.shape[1], "height": pixels.shape[0]})

with gzip.GzipFile(os.path.join(os.path.dirname(__file__), "evaluation.json.gz"), "wb", mtime=0) as out:
    out.write(json.dumps({"resized": resized, "jpegs": jpegs,
                          "normalised": base64.b64encode(normalised.numpy().tobytes()).decode()}).encode())
