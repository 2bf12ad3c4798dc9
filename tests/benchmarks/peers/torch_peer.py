"""What PyTorch is asked to repeat: the eager loop of its tutorials."""

from itertools import pairwise
from time import perf_counter

import torch
from networks import SPECS, photos_of
from torch import nn


def layers_of(network):
    """The layers of networks.py in PyTorch's words; the losses take logits here."""
    if network == "tutorial":
        return [
            nn.Conv2d(3, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(31 * 31 * 32, 128),
            nn.ReLU(),
            nn.Linear(128, 1),
        ]
    if network == "mnist":
        return [
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(5 * 5 * 64, 10),
        ]
    if network == "deep":
        widths = [3, 32, 64, 128, 128]
        blocks = [
            [
                nn.Conv2d(before, width, 3),
                nn.BatchNorm2d(width, eps=1e-3),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            for before, width in pairwise(widths)
        ]
        return [
            *(layer for block in blocks for layer in block),
            nn.Flatten(),
            nn.Linear(2 * 2 * 128, 1),
        ]
    return [
        nn.Conv2d(3, 32, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 8 * 64, 512),
        nn.ReLU(),
        nn.Linear(512, 10),
    ]


def model_of(network):
    return nn.Sequential(*layers_of(network))


def tensors_of(network, count):
    x, y = photos_of(network, count)
    return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(y)


def training(network, batch, steps):
    """One epoch over tensors in memory: seconds per step."""
    model = model_of(network)
    x, y = tensors_of(network, batch * steps)
    optimizer = torch.optim.Adam(model.parameters(), eps=1e-7)
    if SPECS[network].classes == 2:
        loss_of, y = nn.BCEWithLogitsLoss(), y.float()[:, None]
    else:
        loss_of, y = nn.CrossEntropyLoss(), y.long()

    def repeat():
        total = 0.0
        start = perf_counter()
        for chosen in torch.randperm(len(x)).split(batch):
            optimizer.zero_grad()
            loss = loss_of(model(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            total += loss.item()
        return {"step": (perf_counter() - start) / steps}

    return repeat


def prediction(network, photos):
    """The model's answers for photos in batches of 32: seconds."""
    model = model_of(network).eval()
    x, _ = tensors_of(network, photos)

    @torch.inference_mode()
    def repeat():
        start = perf_counter()
        torch.cat([model(some).sigmoid() for some in x.split(32)]).numpy()
        return {"predict": perf_counter() - start}

    return repeat


direct_call = prediction
