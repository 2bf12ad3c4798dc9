"""Go on training on several processes or machines: PyTorch's DistributedDataParallel.

pip install '.[scaling]'
torchrun --nproc-per-node 2 walkthrough/scaling/train_with_torch.py
python walkthrough/scaling/train_with_torch.py --batch-size 32

Each process holds the whole network and takes its share of each batch; before each
update the gradients are averaged over the processes. So two processes of 16 photos each
learn what one process learns from 32. On a machine with GPUs the same lines use them.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from tinycnn.datasets.drawings import draw_heroes
from tinycnn.export import from_torch, to_torch
from tinycnn.networks import tutorial_network

PHOTOS, SIZE = 96, 32

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--batch-size", type=int, default=16, help="photos per process")
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--learning-rate", type=float, default=0.001)
parser.add_argument("--losses", type=Path, help="where the losses are written as JSON")
parser.add_argument("--output", type=Path, help="where the model is written at the end")
options = parser.parse_args()

# torchrun sets RANK, WORLD_SIZE, LOCAL_RANK and where the first process can be reached.
processes = int(os.environ.get("WORLD_SIZE", "1"))
rank = int(os.environ.get("RANK", "0"))
has_gpu = torch.cuda.is_available()
device = (
    torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if has_gpu else "cpu"
)
if processes > 1:
    distributed.init_process_group("nccl" if has_gpu else "gloo")

images, labels = draw_heroes(PHOTOS, seed=1, size=SIZE)
x = torch.from_numpy(images.astype(np.float32) / 255).permute(0, 3, 1, 2).contiguous()
y = torch.from_numpy(labels.astype(np.float32))[:, None]

# The seed makes the first weights equal in all processes.
module = to_torch(tutorial_network((SIZE, SIZE, 3), seed=0)).to(device).train()
network = DistributedDataParallel(module) if processes > 1 else module
optimizer = torch.optim.Adam(
    network.parameters(),
    options.learning_rate,
    eps=1e-7,  # tinycnn's and Keras's epsilon
)
loss_of = torch.nn.BCELoss()  # the network ends in a sigmoid

losses = []
batch = options.batch_size * processes
for epoch in range(options.epochs):
    # All processes draw the same order, and each takes every n-th photo of a batch.
    order = np.random.default_rng(epoch).permutation(PHOTOS)
    for first in range(0, PHOTOS, batch):
        mine = order[first : first + batch][rank::processes]
        loss = loss_of(network(x[mine].to(device)), y[mine].to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean = loss.detach()
        if processes > 1:
            distributed.all_reduce(mean)
            mean /= processes
        losses.append(float(mean))
    if rank == 0:
        print(f"epoch {epoch + 1}: loss {losses[-1]:.4f}, {processes} processes")

if rank == 0:
    if options.losses:
        options.losses.write_text(json.dumps(losses), encoding="utf-8")
    if options.output:
        from_torch(module.cpu().eval(), (SIZE, SIZE, 3)).save(options.output)
if processes > 1:
    distributed.destroy_process_group()
