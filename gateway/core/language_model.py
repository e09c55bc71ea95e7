"""An optional language model behind any OpenAI-compatible service: what ``language_model`` in ``care.yaml`` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OPTIONS: Mapping[str, object] = {"temperature": 0, "max_tokens": 400}
"""Sent along unless the config says otherwise; some services know them under other names."""


class Use(StrEnum):
    """What it may be asked for."""

    ANSWER = "answer"
    """Where the bot would ask "did you mean", or has no answer but near ones."""
    PHRASE = "phrase"
    """To word a sure answer for the question."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """``base_url`` is what stands before ``/chat/completions``; the key comes from the environment alone."""

    base_url: str
    model: str
    use: frozenset[Use] = frozenset({Use.ANSWER})
    timeout_seconds: float = 4.0
    """From the customer's message on; then they get what they would have got without a model."""
    requests_per_day: int = 1000
    tokens_per_day: int = 500_000
    """Of the business's day, over all hosts."""
    least_score: float = 0.15
    """What the nearest answer must score where the bot has none: below it, a question is about something else."""
    options: Mapping[str, object] = field(default_factory=lambda: dict(OPTIONS))
