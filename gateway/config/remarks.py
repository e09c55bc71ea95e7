"""What is no problem of a config but worth knowing: it is published all the same."""

from collections.abc import Mapping

from automation.honesty import unsaid
from gateway.config.load import TEXTS, load_all
from gateway.config.problems import Finding, Problem


def remarks(files: Mapping[str, str]) -> list[Problem]:
    """By file and line: first words that hide what writes."""
    loaded, _ = load_all(files)
    texts = next((file for file in loaded if file.file == TEXTS), None)
    if texts is None:
        return []
    own = {key: {"": value} if isinstance(value, str) else value for key, value in texts.raw.items()}
    return [texts.located.problem(_hidden(key, language)) for key, language in unsaid(own)]


def _hidden(key: str, language: str) -> Finding:
    path = (key, language) if language else (key,)
    told = f"{key}: it does not say that a bot writes, so the bot's own words are added to it"
    return Finding(path, told)
