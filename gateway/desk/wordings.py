"""What would be said on a channel: a template in the language that is approved, its text twin, or free text."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from automation import amounts
from gateway.core.business import Channel
from gateway.core.files import Convert, File, Link, Why, fit
from gateway.core.templates import TemplateProblem, TemplateSpec, fill, pick_language
from gateway.core.words import ChannelType, Refusal
from gateway.desk.intended import Facts, Intended, Reason, Rules

TEXT_LIMIT = 16_000
OPTIONS_LIMIT = 30
FILES_LIMIT = 10
TEXTING = (ChannelType.SMS, ChannelType.MMS)
REFUSAL_OF = {"missing": Refusal.VARIABLE_MISSING, "unknown": Refusal.VARIABLE_UNKNOWN, "too_long": Refusal.TOO_LONG}


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for one channel. With ``problems`` it cannot be said; ``remarks`` only tell of it."""

    text: str = ""
    language: str | None = None
    content_sid: str | None = None
    content_variables: Mapping[str, str] | None = None
    category: str = "free"
    """What it is charged as: ``free`` text, or the template's category."""
    problems: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()


def wording_of(intended: Intended, channel: Channel, facts: Facts, rules: Rules) -> Wording:
    """How ``intended`` reads on a channel."""
    if intended.template is not None:
        return _by_template(intended.template, intended, channel, facts, rules)
    problems = tuple(Reason(refusal, words) for refusal, words in _wrong(intended))
    remarks = tuple(_remarks(intended, channel))
    return Wording(intended.text, _spoken(intended, facts, rules), problems=problems, remarks=remarks)


def _spoken(intended: Intended, facts: Facts, rules: Rules) -> str:
    return intended.language or facts.language or rules.business.default_language


def _wrong(intended: Intended) -> Iterator[tuple[Refusal, str]]:
    text = intended.text.strip()
    if not text and not intended.media:
        yield Refusal.EMPTY, "There is nothing to say."
    if intended.options and not text:
        yield Refusal.EMPTY, "Options need a text."
    if len(intended.text) > TEXT_LIMIT:
        yield Refusal.TOO_LONG, f"The text has {len(intended.text):,} characters, at most {TEXT_LIMIT:,} can be sent."
    if len(intended.media) > FILES_LIMIT:
        yield Refusal.TOO_MANY_FILES, f"At most {FILES_LIMIT} files go with one message."
    if intended.options > OPTIONS_LIMIT:
        yield Refusal.TOO_MANY_OPTIONS, f"At most {OPTIONS_LIMIT} options can be offered."


def _remarks(intended: Intended, channel: Channel) -> Iterator[Reason]:
    for content_type, size in intended.media:
        found = fit(File(content_type, size), channel.type)
        if isinstance(found, Convert | Link) and found.why is Why.TOO_LARGE:
            does = "it will be made smaller" if isinstance(found, Convert) else "it will go as a link"
            words = f"A file of {size / 1e6:.1f} MB is more than the channel takes: {does}."
            yield Reason(Refusal.FILE_TOO_LARGE, words, content_type)


def _by_template(name: str, intended: Intended, channel: Channel, facts: Facts, rules: Rules) -> Wording:
    spec: TemplateSpec | None = rules.templates.get(name)
    if spec is None:
        return _cannot(Refusal.TEMPLATE_UNKNOWN, f"There is no template {name!r}.", name)
    if intended.text.strip() or intended.media or intended.options:
        return _cannot(Refusal.NOT_IN_TEMPLATE, "A template has its own words: no text, file or option goes with it.")
    is_whatsapp = channel.type is ChannelType.WHATSAPP
    available: Collection[str] = rules.approved.get(name, {}) if is_whatsapp else spec.languages
    wanted = intended.language or facts.language
    language = pick_language(spec, available, wanted, rules.business.default_language)
    if language is None:
        return _cannot(Refusal.TEMPLATE_NOT_APPROVED, f"The template {name!r} is not approved in a fitting language.")
    filled = fill(spec, language, _as_read(intended.variables, language, ZoneInfo(rules.business.timezone)))
    if isinstance(filled, tuple):
        return Wording(problems=tuple(_problem(found) for found in filled))
    if channel.type in TEXTING:
        return Wording(filled.sms_text, language) if filled.sms_text else _cannot(Refusal.TEMPLATE_NO_SMS, NO_SMS)
    if not is_whatsapp:
        return Wording(filled.text, language)
    sid = rules.approved[name][language]
    return Wording(filled.text, language, sid, filled.content_variables, spec.category)


def _as_read(variables: Mapping[str, str], language: str, zone: tzinfo) -> Mapping[str, str]:
    """Dates, moments and sums as this reader writes them; everything else as it was given."""
    return {name: amounts.shown_text(value, language, zone) or value for name, value in variables.items()}


NO_SMS = "The template has no words for SMS."


def _cannot(refusal: Refusal, words: str, detail: str = "") -> Wording:
    return Wording(problems=(Reason(refusal, words, detail),))


def _problem(found: TemplateProblem) -> Reason:
    words = found.words[:1].upper() + found.words[1:] + "."
    return Reason(REFUSAL_OF.get(found.code, Refusal.VARIABLE_INVALID), words, found.variable)
