"""The language model's part of ``check``: whether there is one, whether it answers, whether it knows our key."""

from collections.abc import Iterator
from importlib import import_module

from gateway.config.running import RunningConfig
from gateway.core.language_model import LanguageModel
from gateway.core.remarks import Level, Said
from gateway.settings import Settings

SECONDS = 5.0
REFUSED = (401, 403)


def language_model(settings: Settings, config: RunningConfig | None, *, ask: bool) -> Iterator[Said]:
    """What is to be said of it; nothing where the config could not be read."""
    model = config.language_model if config else None
    if config is None:
        return
    if model is None:
        key = "; LANGUAGE_MODEL_KEY is set, but nothing uses it" if settings.language_model_key else ""
        yield Said(Level.NOTE if key else Level.OK, f"none: the bot answers by itself{key}")
        return
    uses = " and ".join(sorted(model.use))
    yield Said(Level.OK, f"{model.model} at {model.base_url}, to {uses}, {model.requests_per_day:,} requests a day")
    if not settings.language_model_key:
        yield Said(Level.NOTE, "LANGUAGE_MODEL_KEY is not set: right for a service that wants no key")
    if ask:
        yield _looked_at(settings, model)


def _looked_at(settings: Settings, model: LanguageModel) -> Said:
    client = import_module("gateway.language_model.client").ModelClient(settings.language_model_key)
    failed = import_module("gateway.language_model.errors").ModelFailed
    try:
        status: int = client.models(model, SECONDS)
    except failed as error:
        return Said(
            Level.PROBLEM, f"{model.base_url} does not answer ({error.reason}): customers get the usual answers"
        )
    if status in REFUSED:
        return Said(Level.PROBLEM, f"{model.base_url} refuses the key (HTTP {status}): see LANGUAGE_MODEL_KEY")
    if status != 200:
        return Said(
            Level.NOTE, f"{model.base_url}/models answers HTTP {status}: whether it works shows the first question"
        )
    return Said(Level.OK, "the service answers and takes the key")
