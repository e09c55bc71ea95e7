"""A stub of a language model's service."""

from collections.abc import Iterator

import pytest

from tests.language_model.stub import Stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()
