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
import sys
from pathlib import Path

import numpy as np
import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from tinycnn.commands.arguments import whole
from tinycnn.datasets.drawings import CLASS_NAMES, draw_heroes
from tinycnn.export import from_torch, to_torch
from tinycnn.networks import tutorial_network
from tinycnn.preprocessing.photos import Preprocessing

SIZE = 32

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--photos", type=whole(2), default=96, help="drawings to learn")
parser.add_argument(
    "--batch-size", type=whole(1), default=16, help="photos per process"
)
parser.add_argument("--epochs", type=whole(0), default=8)
parser.add_argument("--learning-rate", type=float, default=0.001)
parser.add_argument("--losses", type=Path, help="where the losses are written as JSON")
parser.add_argument("--output", type=Path, help="where the model is written at the end")
options = parser.parse_args()
if not 0 < options.learning_rate < float("inf"):
    parser.error("--learning-rate should be a number above 0")
if options.losses and not options.losses.parent.is_dir():
    parser.error(f"--losses: there is no folder {options.losses.parent}")

# torchrun sets RANK, WORLD_SIZE, LOCAL_RANK and where the first process can be reached.
processes = int(os.environ.get("WORLD_SIZE", "1"))
rank = int(os.environ.get("RANK", "0"))
has_gpu = torch.cuda.is_available()
device = (
    torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if has_gpu else "cpu"
)
if processes > 1:
    distributed.init_process_group("nccl" if has_gpu else "gloo")

preprocessing = Preprocessing((SIZE, SIZE), rescale=1 / 255)
images, labels = draw_heroes(options.photos, seed=1, size=SIZE)
x = torch.from_numpy(preprocessing.scaled(images)).permute(0, 3, 1, 2).contiguous()
y = torch.from_numpy(labels.astype(np.float32))[:, None]

# The seed makes the first weights equal in all processes.
module = to_torch(tutorial_network((SIZE, SIZE, 3), seed=0)).to(device).train()
network = DistributedDataParallel(module) if processes > 1 else module
optimizer = torch.optim.Adam(
    network.parameters(),
    options.learning_rate,
    eps=1e-7,  # tinycnn's and Keras's epsilon
)
loss_of = torch.nn.BCELoss(reduction="sum")  # the network ends in a sigmoid

losses = []
batch_size = options.batch_size * processes
for epoch in range(options.epochs):
    # All processes draw the same order, and each takes every n-th photo of a batch.
    order = np.random.default_rng(epoch).permutation(options.photos)
    for first in range(0, options.photos, batch_size):
        batch = order[first : first + batch_size]
        mine = batch[rank::processes]  # fewer or none in a short batch
        # The sum over the batch's size, so that each photo weighs the same.
        loss = loss_of(network(x[mine].to(device)), y[mine].to(device)) / len(batch)
        optimizer.zero_grad()
        (loss * processes).backward()  # the mean of the gradients is then their sum
        optimizer.step()
        total = loss.detach()
        if processes > 1:
            distributed.all_reduce(total)
        losses.append(float(total))
    if rank == 0:
        print(f"epoch {epoch + 1}: loss {losses[-1]:.4f}, {processes} processes")

if rank == 0:
    if options.losses:
        options.losses.write_text(json.dumps(losses), encoding="utf-8")
    if options.output:
        model = from_torch(
            module.cpu(),
            input_shape=(SIZE, SIZE, 3),
            classes=list(CLASS_NAMES),
            preprocessing=preprocessing,
        )
        model.save(options.output)
if processes > 1:
    distributed.destroy_process_group()
    # Gloo's threads live on, and one that drops its last work while Python shuts down
    # aborts the process: so it ends without that shutdown.
    sys.stdout.flush()
    os._exit(0)
