"""Golden files for src-main/export, written by programs that are not ours: NumPy's .npy and a safetensors file laid
out by hand from the format's description, with every floating-point type. Writes export.json beside itself.

/usr/bin/python3 test/golden/export.py     (NumPy 1.24, PyTorch 1.13)
"""
import base64
import io
import json
import pathlib
import struct

import numpy as np
import torch

rng = np.random.default_rng(3)


def b64(data):
    return base64.b64encode(data).decode()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return b64(buffer.getvalue())


f4 = rng.normal(size=(3, 5)).astype("<f4")
i8 = np.array([-(2**62), -1, 0, 7], dtype="<i8")
npys = dict(f4=npy(f4), i8=npy(i8), scalar=npy(np.float32(2.5)), empty=npy(np.zeros((0, 4), "<f4")),
            f8=npy(rng.normal(size=2)), fortran=npy(np.asfortranarray(f4)))

values = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, float("inf"), float("nan"), 3.14159])
tensors = dict(
    f32=values.numpy().astype("<f4"),
    f64=values.double().numpy().astype("<f8"),
    f16=values.half().numpy().astype("<f2"),
    bf16=values.bfloat16().view(torch.int16).numpy().astype("<i2"),
    i64=np.array([[1], [-(2**40)]], dtype="<i8"),
    u8=np.array([0, 255], dtype="u1"),
)
names = dict(f32="F32", f64="F64", f16="F16", bf16="BF16", i64="I64", u8="U8")
header, body = {"__metadata__": {"format": "pt"}}, b""
for name, array in tensors.items():
    raw = array.tobytes()
    header[name] = dict(dtype=names[name], shape=list(array.shape), data_offsets=[len(body), len(body) + len(raw)])
    body += raw
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
expected = {
    "f32": values, "f64": values.double().float(), "f16": values.half().float(), "bf16": values.bfloat16().float(),
}
out = dict(
    npy=npys, f4=b64(f4.tobytes()), i8=b64(i8.tobytes()),
    safetensors=b64(struct.pack("<Q", len(text)) + text + body),
    expected={k: b64(v.numpy().astype("<f4").tobytes()) for k, v in expected.items()},
)
pathlib.Path(__file__).with_name("export.json").write_text(json.dumps(out))
