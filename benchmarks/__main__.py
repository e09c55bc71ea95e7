"""``make bench``: all figures side by side in one run, printed and kept in ``var/bench.json``; ``ONLY=accept``: one."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import accept, campaign, desk, end_to_end, explaining, idle, people
from benchmarks.report import table

PARTS: dict[str, Callable[[], dict[str, object]]] = {
    "accept": accept.measure,
    "end_to_end": end_to_end.measure,
    "idle": idle.measure,
    "explain": explaining.measure,
    "campaign": campaign.measure,
    "desk": desk.measure,
    "people": people.measure,
}
KEPT = Path("var/bench.json")


def main(only: str) -> int:
    if only and only not in PARTS:
        print(f"no benchmark {only!r}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name in [only] if only else list(PARTS):
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        kept[name] = PARTS[name]()
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=2) + "\n")
    print(table(kept))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="one of: " + ", ".join(PARTS))
    sys.exit(main(parser.parse_args().only))
