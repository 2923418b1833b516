"""Checkpoints in Lookalike's own format: safetensors with checksums, and what is needed to go on as JSON in the head."""
import json
import os
import re
import struct
import zlib

import numpy as np
import torch


def readTensors(path):
    """A safetensors file of float32: {name: tensor}, and its metadata. ValueError where it is cut off."""
    with open(path, 'rb') as file:
        length = struct.unpack('<Q', file.read(8))[0]
        head = json.loads(file.read(length))
        data = file.read()
    metadata, tensors = head.pop('__metadata__', {}), {}
    for name, entry in head.items():
        begin, end = entry['data_offsets']
        if entry['dtype'] != 'F32' or end > len(data):
            raise ValueError(f'{path} is cut off, or not ours')
        values = np.frombuffer(data, np.float32, (end - begin) // 4, begin).reshape(entry['shape'])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


def crc(*parts):
    value = 0
    for part in parts:
        value = zlib.crc32(part, value)
    return f'{value:08x}'


def written(path, pieces):
    """Writes a file whole or not at all: whoever reads beside it, or after a power cut, finds the old one or the new."""
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    temporary = f'{path}.{os.getpid()}.tmp'
    with open(temporary, 'wb') as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def writeTensors(path, tensors, facts):
    arrays = {name: np.ascontiguousarray(t.detach().float().cpu().numpy()) for name, t in sorted(tensors.items())}
    text, head, at = json.dumps(facts, ensure_ascii=False), {}, 0
    sums = {name: crc(f"{name} {','.join(map(str, a.shape))} ".encode(), a.tobytes()) for name, a in arrays.items()}
    head['__metadata__'] = {'format': 'lookalike-checkpoint-1', 'facts': text,
                            'checksums': json.dumps({'facts': crc(text.encode()), 'tensors': sums})}
    for name, a in arrays.items():
        head[name] = {'dtype': 'F32', 'shape': list(a.shape), 'data_offsets': [at, at + a.nbytes]}
        at += a.nbytes
    raw = json.dumps(head).encode()
    raw += b' ' * (-len(raw) % 8)
    written(path, [struct.pack('<Q', len(raw)), raw, *(a.tobytes() for a in arrays.values())])


CHECKPOINT = re.compile(r'step-(\d+)\.safetensors$')


def newest(folder, start):
    """State and facts to go on from: the newest whole checkpoint, else the start."""
    names = sorted((n for n in os.listdir(folder) if CHECKPOINT.match(n)), reverse=True) if os.path.isdir(folder) else []
    for path in [*(os.path.join(folder, n) for n in names), start]:
        try:
            tensors, metadata = readTensors(path)
            facts = json.loads(metadata['facts'])
            sums = json.loads(metadata['checksums'])['tensors']
            for name, t in tensors.items():
                own = crc(f"{name} {','.join(map(str, t.shape))} ".encode(), t.numpy().tobytes())
                if sums.get(name) != own:
                    raise ValueError(f'{name} in {path} is not what was written')
            return tensors, facts
        except (ValueError, KeyError, struct.error) as error:
            if path == start:
                raise SystemExit(f'{path} cannot be used ({error}): let Lookalike write the folder again')
            print(f'passed over: {error}')


def inSeries(epoch):
    """1, 2, 5, 10, 20, 50, ..."""
    return epoch >= 1 and epoch == int(epoch) and int(str(int(epoch)).rstrip('0') or 1) in (1, 2, 5)


def thin(folder, kept=2):
    """Keeps the last two, the best by kNN (else by agreement) and the series; the others go."""
    found = []
    for name in sorted(os.listdir(folder)):
        if CHECKPOINT.match(name):
            try:
                with open(os.path.join(folder, name), 'rb') as file:
                    head = json.loads(file.read(struct.unpack('<Q', file.read(8))[0]))
                facts = json.loads(head['__metadata__']['facts'])
                worth = facts['knn'] if facts['knn'] is not None else facts['agreement']
                found.append((name, facts['epoch'], -1 if worth is None else worth))
            except (ValueError, KeyError, TypeError, MemoryError, struct.error):
                print(f'{name} is damaged, and left as it is')
    best = max(found, key=lambda f: f[2])[0] if found else None
    for name, epoch, _ in found[:-kept]:
        if name != best and not inSeries(epoch):
            os.remove(os.path.join(folder, name))
