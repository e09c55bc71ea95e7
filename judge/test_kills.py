"""Workers killed with -9 in the middle of their work: no message is lost, none is answered twice."""

import itertools
import os
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from judge.customers import WHATSAPP, Customer
from judge.processes import Product, Standin, eventually

CUSTOMERS = 1000
KILLS = 3
PAUSE_SECONDS = 0.3
"""Between two looks at the whole ledger: each takes the stand-in's time from those who write and are answered."""
AT_ONCE = 8
_numbers = itertools.count(3_205_000_000)


def test_killed_workers_lose_nothing_and_repeat_nothing(judging: Standin, product: Product) -> None:
    people = [f"whatsapp:+92{next(_numbers)}" for _ in range(CUSTOMERS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        written = [pool.submit(_write, judging, who) for who in people]
        for number in range(KILLS):
            _kill_all(product, once=lambda number=number: _done(judging, people) >= (number + 1) * CUSTOMERS // 10)
        assert Counter(each.result() for each in written) == {200: CUSTOMERS}
    eventually(lambda: _done(judging, people) == CUSTOMERS, seconds=240, what="everybody answered", pause=PAUSE_SECONDS)
    last = Customer.on_whatsapp(judging, product)
    last.write("how can I pay")
    last.answer()
    answered = _answered(judging)
    assert {who: answered[who] for who in people if answered[who] != 1} == {}


def _write(judging: Standin, who: str) -> int:
    return int(judging.control("inbound", to=WHATSAPP, frm=who, body="how can I pay")["status"])


def _answered(judging: Standin) -> Counter[str]:
    return Counter(entry["m"]["to"] for entry in judging.control("messages"))


def _done(judging: Standin, people: list[str]) -> int:
    answered = _answered(judging)
    return sum(answered[who] > 0 for who in people)


def _kill_all(product: Product, once: Callable[[], bool]) -> None:
    """Every worker there is, lanes, sends and chores alike, in the middle of their work."""
    eventually(once, seconds=240, what="some were answered", pause=PAUSE_SECONDS)
    killed = eventually(lambda: _workers(product), what="workers")
    for pid in killed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _workers(product: Product) -> list[int]:
    """The forked workers of this product: children of a ``gateway.worker`` whose VAR_DIR is ours."""
    programs = [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal() and _is_ours(entry, product)
    ]
    return [pid for pid in programs if _parent(pid) in programs]


def _is_ours(entry: Path, product: Product) -> bool:
    try:
        ours = f"VAR_DIR={product.folder / 'var'}".encode() in (entry / "environ").read_bytes().split(b"\0")
        return ours and b"gateway.worker" in (entry / "cmdline").read_bytes()
    except OSError:
        return False


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
