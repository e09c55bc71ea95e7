"""Makes a file into what a channel takes, in a process of its own: a hostile or endless file harms nobody else."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import structlog

from gateway.core.files import Why

SECONDS = 35.0
PROGRAM = "gateway.storage.converting"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Conversion:
    """``data``: what was made; neither that nor a ``why``: the file is right as it is."""

    data: bytes | None = None
    why: Why | None = None


def convert(source: BinaryIO, content_type: str, to: str, most_bytes: int) -> Conversion:
    """Make ``source`` a ``to`` of at most ``most_bytes``; 35 s at most, then it is too long."""
    with TemporaryDirectory(prefix="rabta-") as folder:
        given, made = Path(folder, "given"), Path(folder, "made")
        with given.open("wb") as file:
            shutil.copyfileobj(source, file)
        command = [sys.executable, "-m", PROGRAM, content_type, to, str(most_bytes), str(given), str(made)]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return Conversion(why=Why.TOO_LONG)
        return _read(ended, made)


def _read(ended: "subprocess.CompletedProcess[bytes]", made: Path) -> Conversion:
    words = ended.stdout.decode(errors="replace").split()
    said = words[-1] if words else ""
    if ended.returncode != 0 or said not in ("made", "kept", *Why):
        log.warning("conversion_failed", code=ended.returncode, error=ended.stderr.decode(errors="replace")[-500:])
        return Conversion(why=Why.UNREADABLE)
    if said == "made":
        return Conversion(data=made.read_bytes())
    return Conversion(why=None if said == "kept" else Why(said))
