"""The peer of bench-augment.ts: the paper's augmentation as torchvision and PIL do it, one thread.

Reads photos (int32 width, height, then RGB bytes, one after the other) from the file named first, for views of the
size named second; then for each line "blur COUNT" or "plain COUNT" on stdin makes COUNT views and prints the seconds.
"""
import random
import sys
import time

import numpy as np
import torch
from PIL import Image, ImageFilter
from torchvision import transforms as T

torch.set_num_threads(1)
random.seed(0)
torch.manual_seed(0)


class Blur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2)))


def pipeline(size, blur):
    return T.Compose([
        T.RandomResizedCrop(size, scale=(0.2, 1.0)),
        T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        T.RandomGrayscale(p=0.2),
        *([T.RandomApply([Blur()], p=0.5)] if blur else []),
        T.RandomHorizontalFlip(),
        T.ToTensor(),
        T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ])


data = np.fromfile(sys.argv[1], np.uint8)
images, at = [], 0
while at < len(data):
    width, height = data[at:at + 8].view("<i4")
    at += 8
    images.append(Image.fromarray(data[at:at + 3 * width * height].reshape(height, width, 3).copy()))
    at += 3 * int(width) * int(height)
size = int(sys.argv[2])
pipelines = {"blur": pipeline(size, True), "plain": pipeline(size, False)}
print("ready", flush=True)
for line in sys.stdin:
    kind, count = line.split()
    start = time.perf_counter()
    for i in range(int(count)):
        pipelines[kind](images[i % len(images)])
    print(time.perf_counter() - start, flush=True)
