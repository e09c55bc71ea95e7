"""Which adapter speaks for which provider: filled once at start, read everywhere."""

from collections.abc import Collection, Mapping

from gateway.channels.base import Adapter
from gateway.core.business import Channel
from gateway.core.errors import NotFound


class Registry:
    """Adapters by provider name."""

    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self._adapters = dict(adapters)

    def provider(self, name: str) -> Adapter:
        """The adapter of a provider.

        Raises:
            NotFound: no such provider is connected.
        """
        try:
            return self._adapters[name]
        except KeyError:
            raise NotFound(f"no adapter for provider {name!r}") from None

    def connected(self) -> Collection[Adapter]:
        """Those with an account."""
        return [adapter for adapter in self._adapters.values() if adapter.account]

    def of(self, channel: Channel) -> Adapter:
        return self.provider(channel.provider)
