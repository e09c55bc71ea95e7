"""Asks a language model for words: masked, within time and budget, judged; whatever fails is a refusal with a reason.

The client is loaded with the first question: where no model is configured, none of it is ever imported.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter, Histogram

from automation.flows.requests import Answered, Phrase, Result
from automation.grounded.masking import mask
from automation.grounded.passages import Passage
from automation.grounded.prompt import Question, messages_of
from automation.grounded.verdict import judge
from gateway.core import clock
from gateway.core.language_model import LanguageModel
from gateway.desk import model_budget
from gateway.desk.written import written
from gateway.runtime import Runtime

if TYPE_CHECKING:
    from gateway.language_model.client import ModelClient

log = structlog.get_logger(__name__)
outcomes = Counter("rabta_language_model_total", "Questions to the language model by outcome", ["use", "outcome"])
took = Histogram("rabta_language_model_seconds", "Time that the language model took")
tokens = Counter("rabta_language_model_tokens_total", "Tokens that the language model counted")


def ask_model(runtime: Runtime, phrase: Phrase, message_id: int, seconds: float) -> Answered:
    """``found`` with ``answer`` and ``cited``; ``refused`` with the reason, where there are no words to be said."""
    answered = _asked(runtime, phrase, message_id, seconds)
    outcomes.labels(phrase.use, str(answered.value.get("refused", "answered"))).inc()
    return answered


def _asked(runtime: Runtime, phrase: Phrase, message_id: int, seconds: float) -> Answered:
    config = runtime.config()
    with runtime.database.read() as session:
        message = written(session, message_id)
    if config.language_model is None or message is None:
        return _refused("off" if message else "erased")
    client = _client(runtime.settings.language_model_key)
    if not client.breaker.allows():
        return _refused("resting")
    today = clock.now().astimezone(ZoneInfo(config.business.timezone)).date()
    if not _in_budget(runtime, config.language_model, today):
        return _refused("budget")
    question = Question(mask(message.text, message.names), phrase.language, _passages(phrase))
    return _answered(runtime, client, config.language_model, question, today, seconds)


def _answered(
    runtime: Runtime, client: "ModelClient", model: LanguageModel, question: Question, today: date, seconds: float
) -> Answered:
    began = monotonic()
    try:
        said = client.ask(model, messages_of(question), seconds, partial(_in_budget, runtime, model, today))
    except import_module("gateway.language_model.errors").ModelFailed as error:
        log.warning("language_model_failed", reason=error.reason, seconds=round(monotonic() - began, 2))
        return _refused(error.reason)
    finally:
        took.observe(monotonic() - began)
    tokens.inc(said.tokens)
    with runtime.database.begin() as session:
        model_budget.spend(session, today, said.tokens)
    verdict = judge(said.content, question)
    if verdict.refused:
        return _refused(verdict.refused)
    return Answered(Result.FOUND, {"answer": verdict.answer, "cited": list(verdict.cited)})


def _in_budget(runtime: Runtime, model: LanguageModel, today: date) -> bool:
    with runtime.database.begin() as session:
        if model_budget.take(session, today, model):
            return True
        if model_budget.is_news(session, today):
            log.warning("language_model_budget_gone", day=today.isoformat())
        return False


def _passages(phrase: Phrase) -> Sequence[Passage]:
    return tuple(Passage(one["id"], one["title"], one["text"]) for one in phrase.passages)


def _refused(reason: str) -> Answered:
    return Answered(Result.REFUSED, {"refused": reason})


@cache
def _client(key: str) -> "ModelClient":
    """One in each process: it keeps connections, and knows what failed."""
    client: ModelClient = import_module("gateway.language_model.client").ModelClient(key)
    return client
