"""From the texts of a config folder to the config that runs, or to everything that is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from automation.brake import Limits
from automation.classify import Topic, Topics
from automation.consent import consent_words
from automation.faq.build import answer_of, with_phrases
from automation.faq.lazy import LazyMatcher
from automation.flows.build import flow_of
from automation.flows.library import Library
from automation.flows.nodes import Ask
from automation.flows.typed import ORDER
from automation.honesty import TOLD, honest
from automation.manners import Manners
from automation.normal import normal
from automation.places import branches_of, places_of
from automation.scheduling.hours import calendar_of
from automation.sentences import SENTENCES
from automation.texts import Sentences, Texts, Wording
from gateway.config.calls import services_of
from gateway.config.crm import crm_problems, settings_of
from gateway.config.desk import desk_of, queues_of, standards_of
from gateway.config.language_model import language_model_of
from gateway.config.load import CARE, TEMPLATES, TEXTS, is_flow, load_all
from gateway.config.problems import Problem
from gateway.config.references import reference_problems
from gateway.config.running import RunningConfig
from gateway.config.sending import quiet_of, rules_of
from gateway.config.templates import template_problems, templates_of
from gateway.config.wording import text_problems, wording_of
from gateway.core.business import Business, Channel, Retention
from gateway.core.numbers import carries_mms
from gateway.core.words import ChannelType

DEFAULT_RATE = {"twilio_sms": 10.0, "twilio_voice": 1.0}
"""Messages a second where ``rate_per_second`` is not given; 80 for the others."""


def compile_files(files: Mapping[str, str], version: int = 0) -> RunningConfig | list[Problem]:
    """The running config of ``files`` (path inside the folder → text), or all problems, sorted by place."""
    loaded, problems = load_all(files)
    problems = problems + [problem for file in loaded for problem in file.problems]
    problems += reference_problems(loaded) + text_problems(loaded) + template_problems(loaded)
    problems += crm_problems(files, next((file for file in loaded if file.file == CARE), None))
    if problems:
        return sorted(set(problems))
    return _running({file.file: file.data or {} for file in loaded}, version)


def check_files(files: Mapping[str, str]) -> list[Problem]:
    """All problems of ``files``; empty: they may be published."""
    compiled = compile_files(files)
    return compiled if isinstance(compiled, list) else []


def _running(data: Mapping[str, dict[str, Any]], version: int) -> RunningConfig:
    care = data[CARE]
    business = _business(care)
    wording = wording_of(business.name, business.default_language)
    further = _further_phrases(data)
    answers = [with_phrases(answer_of(item, wording), further) for item in _of_folder(data, "faq/", "answers")]
    flows = [part for file, part in data.items() if is_flow(file)]
    templates = templates_of(data.get(TEMPLATES, {}), wording)
    sentences = _sentences(data.get(TEXTS, {}), business, wording)
    hours = {name: calendar_of(spans, business.timezone) for name, spans in care["hours"].items()}
    library = Library(
        flows={flow["id"]: flow_of(flow, wording, templates) for flow in flows},
        answers={answer.id: answer for answer in answers},
        sentences=sentences,
        menu=care["bot"]["menu"],
        person=care["bot"]["person"],
        languages=business.languages,
        calendars=hours,
        branches=branches_of(care["branches"], wording),
        places=places_of(care["places"], care["branches"]),
        version=version,
    )
    matcher = LazyMatcher(
        answers,
        {flow["id"]: _trigger_phrases(flow) for flow in flows},
        care["bot"]["wrong_answers_percent"] / 100,
    )
    return RunningConfig(
        version=version,
        business=business,
        flows=library,
        faq=matcher,
        texts=sentences,
        templates=templates,
        sending=rules_of(care["sending"]),
        quiet=quiet_of(care),
        hours=hours,
        consent=consent_words(care["consent"]),
        brake=_limits(care["bot"]),
        crm=settings_of(care, data),
        services=services_of(care),
        feedback=care["bot"]["feedback"],
        language_model=language_model_of(care.get("language_model")),
        manners=Manners(**care["bot"]["mood"]),
        topics=_topics(care, library),
        refit_labels=care["bot"]["refit_labels"],
    )


def _topics(care: Mapping[str, Any], library: Library) -> Topics:
    found = {item["id"]: _topic(item) for item in care["topics"]}
    return Topics(found, _order_forms(library), {normal(name): name for name in care["products"]})


def _order_forms(library: Library) -> tuple[str, ...]:
    """As flows find them in words or ask for them."""
    nodes = [node for flow in library.flows.values() for node in flow.nodes.values()]
    asked = [form for node in nodes if isinstance(node, Ask) and node.typed.kind == ORDER for form in node.typed.like]
    return tuple(dict.fromkeys((*library.forms, *asked)))


def _topic(item: Mapping[str, Any]) -> Topic:
    """Skills that are not named are called like the topic."""
    name = item.get("name", item["id"].replace("_", " ").capitalize())
    skills = frozenset(item["skills"] or [item["id"]])
    return Topic(item["id"], name, frozenset(item["about"]), skills, item["severity"])


def _limits(bot: Mapping[str, Any]) -> Limits:
    return Limits(**{name: bot[name] for name in ("replies_per_hour", "replies_per_minute", "same_text")})


def _of_folder(data: Mapping[str, dict[str, Any]], folder: str, key: str) -> list[dict[str, Any]]:
    return [item for file, part in data.items() if file.startswith(folder) for item in part[key]]


def _further_phrases(data: Mapping[str, dict[str, Any]]) -> dict[str, list[Mapping[str, Sequence[str]]]]:
    """By answer: phrases that stand in other files than itself."""
    found: dict[str, list[Mapping[str, Sequence[str]]]] = {}
    for file, part in data.items():
        for answer, phrases in part.get("phrases", {}).items() if file.startswith("faq/") else ():
            found.setdefault(answer, []).append(phrases)
    return found


def _trigger_phrases(flow: Mapping[str, Any]) -> list[str]:
    return [phrase for some in flow["triggers"].get("phrases", {}).values() for phrase in some]


def _sentences(own: Mapping[str, Texts], business: Business, wording: Wording) -> Sentences:
    """The business's wording over the built-in one, in the languages it speaks."""
    texts = {
        key: {
            language: text
            for language, text in {**wording(built_in), **wording(own.get(key, {}))}.items()
            if language in (*business.languages, "en")
        }
        for key, built_in in SENTENCES.items()
    }
    return Sentences(honest(texts, wording(SENTENCES[TOLD]), business.default_language), business.default_language)


def _business(care: Mapping[str, Any]) -> Business:
    return Business(
        name=care["business"]["name"],
        timezone=care["business"]["timezone"],
        languages=tuple(care["business"]["languages"]),
        default_language=care["business"]["default_language"],
        channels=tuple(_channel(item) for item in care["channels"]),
        queues=queues_of(care["queues"]),
        retention=Retention(**care["retention"]),
        standards=standards_of(care["sla"]),
        desk=desk_of(care["desk"]),
    )


def _channel(item: Mapping[str, Any]) -> Channel:
    provider, _, kind = item["type"].partition("_")
    rate = item.get("rate_per_second", DEFAULT_RATE.get(item["type"], 80.0))
    return Channel(
        id=item["id"],
        provider=provider,
        type=ChannelType(kind),
        address=item["address"],
        service=item.get("messaging_service"),
        queue=item.get("queue"),
        hours=item.get("hours"),
        rate_per_second=rate,
        burst=item.get("burst", max(1.0, rate)),
        daily_limit=item.get("daily_limit"),
        read_marks=item.get("read_marks", kind == "whatsapp"),
        mms=item.get("mms", kind == "sms" and carries_mms(item["address"])),
    )
