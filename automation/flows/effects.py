"""What a flow wants written about a contact: values that the caller carries out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetAttribute:
    """``value`` None takes the attribute away."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class SetCase:
    """Something was found out about the matter: ``name`` is one of ``automation.case.FIELDS``."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class SetTag:
    name: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The language the contact reads from now on, by their own choice."""

    language: str


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """``survey``: ``csat`` (1 to 5) or ``nps`` (0 to 10)."""

    survey: str
    score: int


Effect = SetAttribute | SetCase | SetTag | SetLanguage | SurveyAnswered
