"""Templates as a provider lists them, and which of ours each one is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.replies import Option
from gateway.core.templates import Templates, TemplateSpec


class Approval(StrEnum):
    """What the provider says of a template; words it invents later are kept as they come."""

    UNSUBMITTED = "unsubmitted"
    RECEIVED = "received"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    DIFFERS = "differs"
    """Our word: approved, but its variables are not those that the config fills, so it must not be sent."""
    GONE = "gone"
    """Ours too: the provider no longer lists it."""


UNUSABLE = (Approval.REJECTED, Approval.PAUSED, Approval.DISABLED, Approval.DIFFERS, Approval.GONE)
UNDER_WAY = (Approval.RECEIVED, Approval.PENDING)


@dataclass(frozen=True, slots=True)
class ProviderTemplate:
    """One content resource with what became of its approval."""

    external_id: str
    name: str
    language: str
    """The provider's spelling (``en_US``)."""
    category: str = ""
    approval: str = Approval.UNSUBMITTED
    rejection: str = ""
    body: str = ""
    types: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Number → sample."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A template of ours as the provider is asked to approve it."""

    name: str
    language: str
    category: str
    body: str
    samples: Mapping[str, str]
    buttons: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A template of ours in one language."""

    spec: TemplateSpec
    language: str

    @property
    def submission(self) -> Submission:
        wording = self.spec.languages[self.language]
        return Submission(
            name=wording.content_name,
            language=wording.provider_language,
            category=self.spec.category.value.upper(),
            body=self.spec.numbered(self.language),
            samples=self.spec.samples,
            buttons=wording.buttons,
        )

    def state_of(self, found: ProviderTemplate) -> str:
        """Its approval as a send must see it."""
        differs = found.approval == Approval.APPROVED and set(found.variables) != set(self.spec.samples)
        return Approval.DIFFERS.value if differs else str(found.approval)


def submissions_of(templates: Templates) -> list[Submission]:
    """Every text as the provider is to have it."""
    return [Named(spec, language).submission for spec in templates for language in spec.languages]


class Names:
    """Which of our templates a content resource is: by the name we give it, or by ours and the language."""

    def __init__(self, templates: Templates) -> None:
        self._exact: dict[str, Named] = {}
        self._plain: dict[tuple[str, str], Named] = {}
        for spec in templates:
            for language, wording in spec.languages.items():
                self._exact[wording.content_name] = Named(spec, language)
                self._plain.setdefault((spec.name, wording.provider_language), Named(spec, language))

    def whose(self, found: ProviderTemplate) -> Named | None:
        return self._exact.get(found.name) or self._plain.get((found.name, found.language))
