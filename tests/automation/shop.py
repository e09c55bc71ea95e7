"""The example business's matcher, trained once for all tests that ask it."""

from functools import cache
from pathlib import Path

from automation.faq.examples import Example
from automation.faq.lazy import LazyMatcher
from automation.faq.learning import train
from automation.faq.matcher import Matcher
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig

ROOT = Path(__file__).parents[2]


@cache
def examples() -> tuple[Example, ...]:
    running = compile_files(read_folder(ROOT / "config"))
    assert isinstance(running, RunningConfig)
    assert isinstance(running.faq, LazyMatcher)
    return tuple(running.faq.examples)


@cache
def shop() -> Matcher:
    """By words alone: what a machine without embedding models answers."""
    return Matcher(train(examples(), {}), dict)
