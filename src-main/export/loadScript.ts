/** load.py: the few lines that build a network torchvision does not have and load its weights. */
export const loadScript = (): string => `\
"""Builds the encoder that config.json describes in PyTorch and loads model.safetensors into it.

Needs torch, torchvision and safetensors.
"""
import json
import pathlib

from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet


def build(network):
    block = {"basic": BasicBlock, "bottleneck": Bottleneck}[network["block"]]
    channels, blocks = network["channels"], network["blocks"]
    bands = network.get("image_channels", 3)
    net = ResNet(block, blocks)
    net.inplanes = channels[0]
    if network["stem"] in ("cifar", "small"):
        stride = 1 if network["stem"] == "cifar" else 2
        net.conv1 = nn.Conv2d(bands, channels[0], 3, stride=stride, padding=1, bias=False)
        net.maxpool = nn.Identity()
    else:
        net.conv1 = nn.Conv2d(bands, channels[0], 7, stride=2, padding=3, bias=False)
    net.bn1 = nn.BatchNorm2d(channels[0])
    for stage in range(4):
        stride = 1 if stage == 0 else 2
        setattr(net, f"layer{stage + 1}", net._make_layer(block, channels[stage], blocks[stage], stride=stride))
    net.fc = nn.Identity()
    return net


def load_encoder(directory=pathlib.Path(__file__).parent):
    from safetensors.torch import load_file

    directory = pathlib.Path(directory)
    net = build(json.loads((directory / "config.json").read_text())["lookalike"])
    net.load_state_dict(load_file(directory / "model.safetensors"), strict=True)
    return net.eval()


if __name__ == "__main__":
    print(load_encoder())
`;
