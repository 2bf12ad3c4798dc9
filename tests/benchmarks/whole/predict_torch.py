"""Who is it? python predict_torch.py MODEL PHOTO; without a MODEL yet, makes one."""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "peers")]
from torch_peer import model_of  # noqa: E402

model_path, photo_path = sys.argv[1:]
model = model_of("tutorial").eval()
if not Path(model_path).exists():
    torch.save(model.state_dict(), model_path)
model.load_state_dict(torch.load(model_path))
photo = np.asarray(Image.open(photo_path).resize((64, 64)), np.float32) / 255
with torch.inference_mode():
    answer = model(torch.from_numpy(photo).permute(2, 0, 1)[None]).sigmoid()
sys.stdout.write(f"{answer.item()}\n")
