"""What converters raise."""

from gateway.core.errors import RabtaError
from gateway.core.files import Why


class CannotConvert(RabtaError):
    """The file cannot become what is wanted; ``why`` tells people."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
