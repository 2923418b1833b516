"""The photos of photos.jsonl: from the files where they lie, or from the shards (photos/*.tar) that Lookalike wrote.

Shards hold what Lookalike itself trains on and embeds: its copies, decoded by it, whatever format the photos have."""
import io
import json
import os
import sys

import numpy as np
from PIL import Image, ImageCms, ImageOps

from counted import draw
from views import MEAN, STD, epochOrder, make

Image.MAX_IMAGE_PIXELS = None


class Photos:
    """Every photo by its place in the list; `trained` are the places of those trained on, in the order of their ids."""

    def __init__(self, folder, run, root=None):
        self.folder, self.config, self.side = folder, run['config'], run['trainingSide']
        self.root = root or run['folder']
        with open(os.path.join(folder, 'photos.jsonl'), encoding='utf8') as lines:
            self.rows = [json.loads(line) for line in lines]
        order = sorted(range(len(self.rows)), key=lambda i: self.rows[i]['id'].encode('utf-16-be'))
        self.trained = [i for i in order if not self.rows[i]['heldOut']]
        self.placeOf = {row['id']: i for i, row in enumerate(self.rows)}
        self.shards = {}

    def require(self):
        """Ends in one sentence where the photos are not on this machine."""
        if 'shard' not in self.rows[0] and not os.path.isdir(self.root):
            raise SystemExit(f'there is no folder {self.root} here: say where the photos are with --photos DIR')

    def trainingImage(self, place):
        """uint8 [height, width, 3] that crops are taken from; its short side at most `trainingSide`."""
        row = self.rows[place]
        if 'shard' in row:
            return self.fromShard(row, row['training'], (row['height'], row['width'], 3))
        image = self.opened(row)
        w, h = image.size
        short = min(w, h)
        cw, ch = min(w, 4 * short), min(h, 4 * short)  # panoramas keep their middle
        scale = min(1, self.side / short)
        size = tuple(max(1, int(x * scale + 0.5)) for x in (cw, ch))
        left, top = (w - cw) >> 1, (h - ch) >> 1
        if size != (w, h):
            image = image.resize(size, Image.BICUBIC, box=(left, top, left + cw, top + ch))
        return np.asarray(image)

    def evaluationImage(self, place):
        """float32 [3, S, S], normalised: the short side to S / 0.875 (S up to 64 px), and the centre of it."""
        row, S = self.rows[place], self.config['imageSize']
        if 'shard' in row:
            pixels = self.fromShard(row, row['evaluation'], (S, S, 3))
        else:
            image = self.opened(row)
            w, h = image.size
            short = int(S / (0.875 if S > 64 else 1) + 0.5)
            size = (short, short * h // w) if w <= h else (short * w // h, short)
            left, top = (round((x - S) / 2) for x in size)
            pixels = np.asarray(image.resize(size, Image.BILINEAR).crop((left, top, left + S, top + S)))
        x = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
        return (x - np.array(MEAN, np.float32)[:, None, None]) / np.array(STD, np.float32)[:, None, None]

    def opened(self, row):
        """Upright, in sRGB, on white where it is transparent."""
        image = Image.open(os.path.join(self.root, *row['file'].split('/')))
        profile = image.info.get('icc_profile')
        image = ImageOps.exif_transpose(image)
        if image.mode in ('RGBA', 'LA', 'PA') or 'transparency' in image.info:
            image = image.convert('RGBA')
            image = Image.alpha_composite(Image.new('RGBA', image.size, 'white'), image)
        image = image.convert('RGB')
        if profile:
            try:
                own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
                image = ImageCms.profileToProfile(image, own, ImageCms.createProfile('sRGB'))
            except ImageCms.PyCMSError:
                pass  # of another colour space than its pixels: as it is
        return image

    def fromShard(self, row, offset, shape):
        """A member's pixels by their place in the tar file, which is read by position: order does not matter."""
        key = (os.getpid(), row['shard'])
        if key not in self.shards:
            self.shards[key] = open(os.path.join(self.folder, row['shard']), 'rb')
        file = self.shards[key]
        file.seek(offset)
        data = file.read(int(np.prod(shape)))
        return np.frombuffer(data, np.uint8).reshape(shape)

    def instead(self, place, read):
        """What `read` makes of a photo, or of the next one that can be read: one broken file does not end a run of days."""
        for step in range(len(self.rows)):
            at = (place + step) % len(self.rows)
            try:
                return read(at)
            except (OSError, ValueError, SyntaxError) as error:
                print(f"{self.rows[at]['file']} cannot be read ({error}): the next photo stands for it", file=sys.stderr)
        raise SystemExit(f'none of the photos can be read: are they in {self.root}? Say where they are with --photos DIR')


class Views:
    """For torch's DataLoader: (epoch, photo of those trained on) -> its views, each [3, S, S], and its number."""

    def __init__(self, photos, specs):
        config = photos.config
        self.photos, self.seed = photos, config['seed']
        own = ('cropScaleMin', 'cropScaleMax')
        self.specs = [(v['size'], {**config['augment'], **{k: v[k] for k in own if k in v}}) for v in specs]

    def __getitem__(self, at):
        epoch, number = at
        pixels = self.photos.instead(self.photos.trained[number], self.photos.trainingImage)
        name, (height, width) = self.photos.rows[self.photos.trained[number]]['id'], pixels.shape[:2]
        made = [make(pixels, draw(augment, self.seed, epoch, name, v, width, height), size)
                for v, (size, augment) in enumerate(self.specs)]
        return (*made, number)


class Batches:
    """What each rank loads, step by step: its part of each of the `pieces` of a batch, from a step of the schedule on."""

    def __init__(self, photos, schedule, first, rank, world, pieces):
        self.count, self.seed, self.batch = len(photos.trained), photos.config['seed'], photos.config['batchSize']
        self.schedule, self.first, self.rank, self.world, self.pieces = schedule, first, rank, world, pieces

    def __iter__(self):
        known, part = None, self.batch // (self.pieces * self.world)
        for step in range(self.first, self.schedule.total):
            epoch, place = self.schedule.place(step)
            if epoch != known:
                order, known = epochOrder(self.seed, epoch, self.count), epoch
            for piece in range(self.pieces):
                at = place * self.batch + (piece * self.world + self.rank) * part
                yield [(epoch, number) for number in order[at:at + part]]
