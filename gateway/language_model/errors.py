"""Why a language model gave no words: a word for figures and logs, and what is to be made of it."""

from gateway.core.errors import RabtaError


class ModelFailed(RabtaError):
    """``again``: a second try may do; ``ails``: the service is in trouble, not our question."""

    def __init__(self, reason: str, *, again: bool = False, ails: bool = True, rest_seconds: float = 0.0) -> None:
        super().__init__(f"the language model did not answer: {reason}")
        self.reason, self.again, self.ails, self.rest_seconds = reason, again, ails, rest_seconds
