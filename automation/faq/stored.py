"""A trained matcher as bytes and back: arrays and names, nothing that would be run when it is read."""

import io
import json
from typing import Any
from zipfile import BadZipFile

import numpy as np

from automation.faq.meanings import MeaningJudge
from automation.faq.thresholds import Thresholds
from automation.faq.trained import Route, Trained
from automation.faq.words import WordJudge
from automation.mood import MoodJudge

MOODS = "moods"


def dump(trained: Trained | None) -> bytes:
    """``load`` gives the same back; None (nothing to tell apart) is kept, too."""
    if trained is None:
        return b""
    arrays = _words_arrays("words", trained.words)
    for name, judge in _meanings(trained).items():
        parts = {"middle": judge.middle, "weights": judge.weights, "bias": judge.bias}
        arrays |= {f"meaning.{name}.{part}": value for part, value in parts.items()}
    if trained.moods:
        arrays |= _words_arrays("moods", trained.moods.words)
    arrays |= {f"accent.{language}": accent for language, accent in trained.accents.items()}
    file = io.BytesIO()
    np.savez_compressed(file, about=np.frombuffer(json.dumps(_about(trained)).encode(), dtype=np.uint8), **arrays)
    return file.getvalue()


def load(kept: bytes) -> Trained | None:
    """What ``dump`` was given.

    Raises:
        ValueError: these are not its bytes, or not all of them.
    """
    if not kept:
        return None
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            return _trained(json.loads(bytes(arrays["about"])), dict(arrays.items()))
    except (OSError, KeyError, TypeError, EOFError, ValueError, BadZipFile) as error:
        raise ValueError(f"no trained matcher: {error}") from error


def _about(trained: Trained) -> dict[str, Any]:
    return {
        "names": trained.names,
        "languages": sorted(trained.languages),
        "words": _columns(trained.words),
        "moods": _columns(trained.moods.words) if trained.moods else None,
        "exact": dict(trained.exact),
        "sure_at": trained.sure_at,
        "doubt": trained.doubt,
        "meanings": list(trained.meanings),
        "mood_by_meaning": trained.moods is not None and trained.moods.meaning is not None,
        "accents": list(trained.accents),
        "routes": {
            name: [route.thresholds.answer_at, route.thresholds.offer_at, route.words_weight, route.usual]
            for name, route in trained.routes.items()
        },
    }


def _trained(about: dict[str, Any], arrays: dict[str, Any]) -> Trained:
    moods = _meaning(MOODS, arrays) if about["mood_by_meaning"] else None
    return Trained(
        names=tuple(about["names"]),
        languages=frozenset(about["languages"]),
        words=_words("words", about["words"], arrays),
        exact=about["exact"],
        sure_at=about["sure_at"],
        doubt=about["doubt"],
        meanings={name: _meaning(name, arrays) for name in about["meanings"]},
        accents={language: arrays[f"accent.{language}"] for language in about["accents"]},
        routes={name: _route(*parts) for name, parts in about["routes"].items()},
        moods=MoodJudge(_words("moods", about["moods"], arrays), moods) if about["moods"] else None,
    )


def _route(answer_at: float, offer_at: float, words_weight: float, usual: list[float]) -> Route:
    return Route(Thresholds(answer_at, offer_at), words_weight, tuple(usual))


def _meanings(trained: Trained) -> dict[str, MeaningJudge]:
    meaning = trained.moods.meaning if trained.moods else None
    return {**trained.meanings, **({MOODS: meaning} if meaning else {})}


def _columns(judge: WordJudge) -> dict[str, int]:
    return {feature: int(column) for feature, column in judge.columns.items()}


def _words_arrays(name: str, judge: WordJudge) -> dict[str, Any]:
    return {f"{name}.idf": judge.idf, f"{name}.weights": judge.weights, f"{name}.bias": judge.bias}


def _words(name: str, columns: dict[str, int], arrays: dict[str, Any]) -> WordJudge:
    return WordJudge(columns, *(arrays[f"{name}.{part}"] for part in ("idf", "weights", "bias")))


def _meaning(name: str, arrays: dict[str, Any]) -> MeaningJudge:
    return MeaningJudge(*(arrays[f"meaning.{name}.{part}"] for part in ("middle", "weights", "bias")))
