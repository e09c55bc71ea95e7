"""The config's templates against what the provider has: what cannot be sent and why, and what a submission would do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.core.provider_templates import UNDER_WAY, Approval, Named, Names, ProviderTemplate
from gateway.core.remarks import Level, Said
from gateway.core.templates import Templates

SUBMIT = "flask --app wsgi templates submit"


@dataclass(frozen=True, slots=True)
class Plan:
    """What submitting a text takes: make it, ask for the approval of ``external_id``, or (``words``) nothing."""

    create: bool = False
    external_id: str = ""
    approval_name: str = ""
    words: str = ""
    refused: bool = False


def remarks(templates: Templates, found: Sequence[ProviderTemplate]) -> Iterator[Said]:
    """A line or more for each text of ours, then one for each template that nothing uses."""
    theirs, unused = _sorted_out(templates, found)
    for spec in templates:
        for language in spec.languages:
            said = list(_of_text(Named(spec, language), theirs.get((spec.name, language), [])))
            yield from said or [Said(Level.OK, f"{spec.name} ({language}): approved")]
    for one in unused:
        yield Said(Level.NOTE, f"{one.name} ({one.language}, {one.approval}): nothing in config/templates.yaml uses it")


def plan(named: Named, templates: Templates, found: Sequence[ProviderTemplate]) -> Plan:
    """What to do so that this text gets approved."""
    theirs = _sorted_out(templates, found)[0].get((named.spec.name, named.language), [])
    tried = sum(one.approval != Approval.UNSUBMITTED for one in theirs)
    name = named.submission.name + (f"_{tried + 1}" if tried else "")  # a rejected name is not taken again
    for one in reversed([one for one in theirs if is_same(named, one)]):
        if one.approval == Approval.UNSUBMITTED:
            return Plan(external_id=one.external_id, approval_name=name)
        if one.approval == Approval.REJECTED:
            reason = one.rejection or "no reason given"
            return Plan(words=f"was rejected in these words ({reason}); change them", refused=True)
        return Plan(words=f"is there already: {one.approval}")
    return Plan(create=True, approval_name=name)


def is_same(named: Named, one: ProviderTemplate) -> bool:
    """Whether the provider has exactly our words, variables and buttons."""
    wanted = named.submission
    has_buttons = any("quick-reply" in kind for kind in one.types)
    return (
        _squeezed(one.body) == _squeezed(wanted.body)
        and set(one.variables) == set(wanted.samples)
        and has_buttons == bool(wanted.buttons)
    )


def _sorted_out(
    templates: Templates, found: Sequence[ProviderTemplate]
) -> tuple[dict[tuple[str, str], list[ProviderTemplate]], list[ProviderTemplate]]:
    """Theirs by our name and language, oldest first, and those that are nobody's."""
    names = Names(templates)
    ours: dict[tuple[str, str], list[ProviderTemplate]] = {}
    unused = []
    for one in found:
        named = names.whose(one)
        if named:
            ours.setdefault((named.spec.name, named.language), []).append(one)
        else:
            unused.append(one)
    return ours, unused


def _of_text(named: Named, theirs: Sequence[ProviderTemplate]) -> Iterator[Said]:
    """What is to be said of one text; nothing: it is approved as it stands."""
    title = f"{named.spec.name} ({named.language})"
    used = next((one for one in reversed(theirs) if named.state_of(one) == Approval.APPROVED), None)
    if not theirs:
        yield Said(Level.PROBLEM, f"{title}: not at the provider; {SUBMIT} {named.spec.name}")
    elif used is None:
        yield Said(Level.PROBLEM, f"{title}: {_why_not(named, theirs[-1])}")
    else:
        yield from (Said(level, f"{title}: {words}") for level, words in _differences(named, used, theirs))


def _why_not(named: Named, one: ProviderTemplate) -> str:
    state = named.state_of(one)
    reason = f": {one.rejection}" if one.rejection else ""
    has, wants = ", ".join(sorted(one.variables)) or "none", ", ".join(named.spec.samples) or "none"
    words = {
        Approval.UNSUBMITTED: f"never submitted; {SUBMIT} {named.spec.name}",
        Approval.REJECTED: f"rejected{reason}; change its words and submit it anew",
        Approval.DIFFERS: f"approved with the variables {has}, the config fills {wants}; {SUBMIT} {named.spec.name}",
    }
    if state in UNDER_WAY:
        return f"waits for its approval ({state})"
    return next((text for approval, text in words.items() if approval == state), f"cannot be sent: {state}{reason}")


def _differences(
    named: Named, used: ProviderTemplate, theirs: Sequence[ProviderTemplate]
) -> Iterator[tuple[Level, str]]:
    wanted = named.submission
    if not is_same(named, used):
        coming = any(one.approval in UNDER_WAY and is_same(named, one) for one in theirs)
        if coming:
            yield Level.NOTE, "goes on in its older words until the new ones are approved"
        else:
            yield Level.PROBLEM, f"other words are approved: {used.body!r}; {SUBMIT} {named.spec.name}"
    if used.category and used.category.upper() != wanted.category:
        yield Level.PROBLEM, f"the provider made it {used.category.upper()}, the config says {wanted.category}"
    if used.language != wanted.language:
        yield Level.NOTE, f"stands in {used.language!r} at the provider, not in {wanted.language!r}"


def _squeezed(text: str) -> str:
    return " ".join(text.split())
