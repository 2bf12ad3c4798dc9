"""Put the cleared notebooks and the exercises into the package, for `tinycnn lessons`.

    python walkthrough/pack.py

Run it after a change to a notebook or an exercise: a test says when it is due. What
`walkthrough/run.py --clear` copies becomes one file, tinycnn/lessons/walkthrough.json:
{path: its lines}. Python files in the package would be its own code to every tool.
Needs `pip install '.[notebooks]'`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
PACK = FOLDER.parent / "tinycnn" / "lessons" / "walkthrough.json"


def packed() -> str:
    """Return what the file should hold."""
    with tempfile.TemporaryDirectory() as temporary:
        copies = Path(temporary, "copies")
        command = [sys.executable, str(FOLDER / "run.py"), "--clear", str(copies)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        lines = {
            path.relative_to(copies).as_posix(): path.read_text(
                encoding="utf-8"
            ).splitlines(keepends=True)
            for path in sorted(copies.rglob("*"))
            if path.is_file()
        }
    return json.dumps(lines, ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    PACK.write_text(packed(), encoding="utf-8", newline="\n")
    print(f"wrote {PACK.name}: {PACK.stat().st_size / 1e6:.2f} MB")
