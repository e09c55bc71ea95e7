"""How well a matcher does on labelled messages that it has not seen, with 95 % intervals."""

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automation.faq.model import Match, Matching, Outcome


@dataclass(frozen=True, slots=True)
class Labelled:
    """``intent`` is the right target; None: no answer fits."""

    text: str
    language: str | None
    intent: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the matcher made of a message, and in how many milliseconds."""

    row: Labelled
    match: Match
    milliseconds: float

    @property
    def best(self) -> str | None:
        offered = self.match.runner_ups
        return self.match.answer_id or (offered[0].target if offered else None)

    @property
    def answered(self) -> bool:
        return self.match.outcome is Outcome.ANSWER

    @property
    def wrong(self) -> bool:
        return self.answered and self.match.answer_id != self.row.intent


def listen(matcher: Matching, rows: Iterable[Labelled]) -> list[Heard]:
    """Ask the matcher every row, one by one as customers would."""
    heard = []
    for row in rows:
        started = time.perf_counter()
        match = matcher.match(row.text)
        heard.append(Heard(row, match, 1000 * (time.perf_counter() - started)))
    return heard


def figures(heard: Sequence[Heard]) -> dict[str, Any]:
    """Accuracy of the best guess, AUROC of the score, shares answered and wrong, all and by language, and times."""
    groups: Mapping[str, list[Heard]] = defaultdict(list)
    for one in heard:
        groups[one.row.language or "?"].append(one)
    times = np.percentile([one.milliseconds for one in heard], [50, 99]) if heard else (0.0, 0.0)
    return {
        **_shares(heard),
        "languages": {language: _shares(some) for language, some in sorted(groups.items())},
        "p50_ms": round(float(times[0]), 2),
        "p99_ms": round(float(times[1]), 2),
    }


def _shares(heard: Sequence[Heard]) -> dict[str, Any]:
    fair = [one for one in heard if one.row.intent is not None]
    answered = sum(one.answered for one in heard)
    fairly = sum(one.answered for one in fair)
    return {
        "messages": len(heard),
        "accuracy": share(sum(one.best == one.row.intent for one in fair), len(fair)),
        "auroc": auroc([(one.match.score, one.row.intent is not None) for one in heard]),
        "answered": share(answered, len(heard)),
        "answered_in_scope": share(fairly, len(fair)),
        "wrong": share(sum(one.wrong for one in heard), len(heard)),
        "offered": share(sum(one.match.outcome is Outcome.DID_YOU_MEAN for one in heard), len(heard)),
    }


def share(count: int, total: int) -> dict[str, float] | None:
    """``count`` of ``total`` in %, with Wilson's 95 % interval; None of nothing."""
    if not total:
        return None
    z = 1.96
    middle = (count + z * z / 2) / (total + z * z)
    half = z / (total + z * z) * math.sqrt(count * (total - count) / total + z * z / 4)
    return {
        "percent": round(100 * count / total, 1),
        "low": round(100 * max(0.0, middle - half), 1),
        "high": round(100 * min(1.0, middle + half), 1),
    }


def auroc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """How often a fair question scores above a strange one; None if there are not both."""
    fair = np.sort([score for score, is_fair in scored if is_fair])
    strange = np.array([score for score, is_fair in scored if not is_fair])
    if not len(fair) or not len(strange):
        return None
    above = len(fair) - np.searchsorted(fair, strange, side="right")
    equal = np.searchsorted(fair, strange, side="right") - np.searchsorted(fair, strange, side="left")
    return round(float((above + equal / 2).sum() / (len(fair) * len(strange))), 4)
