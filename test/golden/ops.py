"""Value and gradients of every operation of the engine in PyTorch (float64, so that all rounding is the engine's).

Inputs are counted('x'), counted('y'), ... (see simsiam_steps.py), the loss is sum(output * counted('output')), so
the test can make them too. Writes ops.bin.gz beside itself: a JSON header line, then float32 data of each tensor.

Run: /usr/bin/python3 test/golden/ops.py (torch 1.13).
"""
import gzip, json, pathlib
import torch
import torch.nn.functional as F
from simsiam_steps import counted

data, cases = b'', []


def case(name, function, shapes, bounds=None):
    """`bounds`: (lowest, highest) of the inputs where not (-1, 1)."""
    global data
    low, high = bounds or (-1, 1)
    inputs = {}
    for key, shape in shapes.items():
        inputs[key] = (counted(key, shape, (high - low) / 2) + (high + low) / 2).double().requires_grad_()
    output = function(*inputs.values())
    (output * counted('output', output.shape, 1).double()).sum().backward()
    tensors = []
    for key, t in {'output': output, **{k: x.grad for k, x in inputs.items()}}.items():
        if t is None:
            continue
        tensors.append({'name': key, 'shape': list(t.shape)})
        data += t.detach().contiguous().numpy().astype('<f4').tobytes()
    cases.append({'name': name, 'inputs': {k: list(v) for k, v in shapes.items()}, 'low': low, 'high': high, 'tensors': tensors})


image, vector = (2, 4, 7, 7), (4,)
case('add', lambda x, y: x + y, {'x': (3, 4), 'y': (3, 4)})
case('add, broadcast', lambda x, y: x + y, {'x': (3, 1, 4), 'y': (2, 1)})
case('sub, broadcast', lambda x, y: x - y, {'x': (3, 4), 'y': (4,)})
case('mul, broadcast', lambda x, y: x * y, {'x': (3, 4), 'y': (3, 1)})
case('div', lambda x, y: x / y, {'x': (3, 4), 'y': (4,)}, (0.5, 2))
case('scale', lambda x: x * -2.5, {'x': (3, 4)})
case('expand', lambda x: x.expand(2, 3, 4), {'x': (3, 1)})
case('sum', lambda x: x.sum((0, 2)), {'x': (3, 4, 5)})
case('sum of all', lambda x: x.sum(), {'x': (3, 4, 5)})
case('mean, kept', lambda x: x.mean(1, keepdim=True), {'x': (3, 4, 5)})
case('reshape', lambda x: x.reshape(4, 3), {'x': (2, 6)})
case('transpose', lambda x: x.permute(2, 0, 1), {'x': (2, 3, 4)})
case('concat', lambda x, y: torch.cat([x, y], 1), {'x': (2, 3), 'y': (2, 2)})
case('slice', lambda x: x[:, 1:3], {'x': (2, 5)})
case('exp', torch.exp, {'x': (3, 4)})
case('log', torch.log, {'x': (3, 4)}, (0.5, 2))
case('sqrt', torch.sqrt, {'x': (3, 4)}, (0.5, 2))
case('square', torch.square, {'x': (3, 4)})
case('maximum', lambda x: x.clamp_min(0.2), {'x': (3, 4)})
case('relu', F.relu, {'x': (3, 4)})
case('softmax', lambda x: F.softmax(x, -1), {'x': (3, 5)})
case('logSoftmax', lambda x: F.log_softmax(x, -1), {'x': (3, 5)})
case('normalize', lambda x: F.normalize(x, dim=-1), {'x': (3, 5)})
case('matmul', lambda x, y: x @ y, {'x': (3, 4), 'y': (4, 5)})
case('matmul, first transposed', lambda x, y: x.T @ y, {'x': (4, 3), 'y': (4, 5)})
case('matmul, second transposed', lambda x, y: x @ y.T, {'x': (3, 4), 'y': (5, 4)})
case('matmul, both transposed', lambda x, y: x.T @ y.T, {'x': (4, 3), 'y': (5, 4)})
case('linear', lambda x, w, b: F.linear(x, w, b), {'x': (3, 4), 'weight': (5, 4), 'bias': (5,)})
case('stopGradient', lambda x, y: x.detach() * y, {'x': (3, 4), 'y': (3, 4)})
case('globalAveragePool', lambda x: x.mean((2, 3)), {'x': image})
for kernel, stride, size in [(3, 1, 6), (3, 2, 7), (3, 2, 8), (1, 1, 5), (1, 2, 6), (1, 2, 7), (7, 2, 9), (7, 2, 10)]:
    pad = kernel // 2
    case(f'conv {kernel} {stride} {size}', lambda x, w: F.conv2d(x, w, stride=stride, padding=pad),
         {'x': (2, 3, size, size), 'weight': (5, 3, kernel, kernel)})
# Channels in whole blocks of 16, for the blocked layout.
for kernel, stride in [(3, 1), (3, 2), (1, 1), (1, 2)]:
    case(f'conv {kernel} {stride} 8 wide', lambda x, w: F.conv2d(x, w, stride=stride, padding=kernel // 2),
         {'x': (4, 32, 8, 8), 'weight': (16, 32, kernel, kernel)})
for kernel, stride, pad, size in [(3, 2, 1, 7), (3, 2, 1, 8), (2, 2, 0, 6), (2, 2, 0, 7), (3, 1, 1, 5)]:
    case(f'maxPool {kernel} {stride} {pad} {size}', lambda x: F.max_pool2d(x, kernel, stride, pad), {'x': (2, 3, size, size)})
# Rounded to three values there are many equal maxima; rounding itself has no gradient.
case('maxPool of equal values', lambda x: F.max_pool2d(x + (x.round() - x).detach(), 3, 2, 1), {'x': (2, 3, 8, 8)})
bn = lambda x, w=None, b=None: F.batch_norm(x, None, None, w, b, training=True, eps=1e-5)
affine = {'x': image, 'weight': vector, 'bias': vector}
case('batchNorm', bn, affine)
case('batchNorm of vectors', bn, {'x': (6, 4)})
case('batchNorm, relu', lambda *a: F.relu(bn(*a)), affine)
case('batchNorm, shortcut, relu', lambda x, w, b, s: F.relu(bn(x, w, b) + s), {**affine, 'shortcut': image})
case('batchNorm, shortcut', lambda x, w, b, s: bn(x, w, b) + s, {**affine, 'shortcut': image})
case('batchNorm, shortcut, relu, wide', lambda x, w, b, s: F.relu(bn(x, w, b) + s),
     {'x': (3, 16, 4, 4), 'weight': (16,), 'bias': (16,), 'shortcut': (3, 16, 4, 4)})
case('batchNorm, far from zero', lambda x, w, b: bn(x + 100, w, b), affine)
case('a tensor used twice', lambda x: F.relu(x) * x + x, {'x': (3, 4)})

path = pathlib.Path(__file__).with_name('ops.bin.gz')
path.write_bytes(gzip.compress(json.dumps(cases).encode() + b'\n' + data, 9, mtime=0))
print(len(cases), 'cases', path.stat().st_size, 'bytes')
