"""The program that converts one file (``gateway.storage.convert`` starts it): says ``made``, ``kept`` or why not."""

import os
import resource
import sys
from pathlib import Path

from gateway.core.files import plain
from gateway.storage import films, pictures, sounds
from gateway.storage.failed import CannotConvert

MEMORY_BYTES = 3_000_000_000
CPU_SECONDS = 60
"""More than two cores can spend in the time given from outside."""


def main(content_type: str, to: str, most_bytes: int, given: Path, made: Path) -> str:
    """``made``: the file is there; ``kept``: the given one is right as it is; else a ``Why``."""
    kind = to.partition("/")[0]
    how = {"image": pictures.convert, "audio": sounds.convert, "video": films.convert}[kind]
    try:
        was_made = how(given, made, plain(content_type), to, most_bytes)
    except CannotConvert as error:
        return error.why.value
    return "made" if was_made else "kept"


def _bound() -> None:
    os.nice(10)  # customers wait for answers, and for this only one of them
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


if __name__ == "__main__":
    _bound()
    content_type, to, most_bytes, given, made = sys.argv[1:]
    sys.stdout.write(main(content_type, to, int(most_bytes), Path(given), Path(made)) + "\n")
