"""Mistakes in templates.yaml are found at their lines; what is right compiles."""

import pytest
import yaml

from gateway.config.compile import check_files, compile_files
from gateway.config.running import RunningConfig
from gateway.config.template_schema import TemplatesSchema
from gateway.config.templates import templates_of
from tests.config.test_problems import GOOD, TEMPLATES


def test_what_a_template_compiles_to() -> None:
    running = compile_files(GOOD)
    assert isinstance(running, RunningConfig)
    spec = running.templates.get("order_update")
    assert spec is not None
    english, urdu = spec.languages["en"], spec.languages["ur"]
    assert english.body == "Dear {{name}}, your order {{order}} from Shop is on its way."
    assert english.sms == "Order {{order}} is on its way."
    assert urdu.sms == urdu.body
    assert (english.content_name, english.provider_language) == ("order_update_en", "en")
    assert [variable.required for variable in spec.variables] == [False, True]
    assert running.templates.get("nothing") is None


@pytest.mark.parametrize(
    ("language", "more", "name", "code"),
    [
        ("ur", "", "t_ur", "ur"),
        ("ur-Latn", "", "t_ur_latn", "ur"),
        ("pt-BR", "", "t_pt_br", "pt_BR"),
        ("pt-BR", "provider_names: {pt-BR: pedido}", "pedido", "pt_BR"),
        ("ur-Latn", "provider_languages: {ur-Latn: en}", "t_ur_latn", "en"),
    ],
)
def test_names_and_languages_at_the_provider(language: str, more: str, name: str, code: str) -> None:
    data = TemplatesSchema().load(
        {"templates": [{"id": "t", "category": "utility", "text": {language: "hi"}} | dict(yaml.safe_load(more) or {})]}
    )
    wording = templates_of(data, lambda texts: texts).get("t").languages[language]  # type: ignore[union-attr]
    assert (wording.content_name, wording.provider_language) == (name, code)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("category: utility", "category: news", 3, "must be one of utility, marketing"),
        ("id: order_update", "id: Order-Update", 2, "must be a short name"),
        ("{name: order, ", "{name: name, ", 6, "the variable 'name' is there already"),
        ('sample: "A-1"', 'sample: "A\\n1"', 6, "may hold no line break"),
        (', sample: "A-1"', "", 6, "sample: is missing"),
        ("en: customer", 'en: "a\\tb"', 5, "may hold no line break"),
        ("your order {{order}} from {business} is on its way", "order {{order}} left", 8, "need at least 5 words"),
        ("Dear {{name}}", "{{name}}", 8, "must not begin with a variable"),
        ("{{order}} from {business} is on its way", "{{order}}{{name}} is on its way", 8, "side by side"),
        ("Dear {{name}}", "Dear {{nam}}", 8, "nothing fills {{nam}}; variables are name, order"),
        ("Dear {{name}}", "Dear sir", 8, "'name' does not stand in it"),
        ("Order {{order}}", "Order {{oder}}", 10, "nothing fills {{oder}}"),
        ("      en: \"Dear", "      es: \"Dear", 8, "es is not one of business.languages"),
        ("sms: {en:", "sms: {es:", 10, "es is not one of the languages of text"),
        ("    text:\n      en", "    text:\n      ur-Latn", 7, "nothing in en, the business's own language"),
        ("    sms:", "    buttons: [{id: ok, title: {en: OK}}]\n    sms:", 10, "title: no text in ur"),
        ("    sms:", "    provider_names: {en: Order Update}\n    sms:", 10, "must be of a-z, 0-9 and _"),
        ("    sms:", "    provider_names: {en: order_update_ur}\n    sms:", 9, "is called 'order_update_ur'"),
        ("    sms:", "    provider_languages: {en: english}\n    sms:", 10, "must be a code like en or en_US"),
        ("templates:", "templates:\n  - {id: order_update, category: utility, text: a}", 3, "is there already"),
        ("templates:", "template:", 1, "template: unknown key"),
    ],
)  # fmt: skip
def test_one_mistake(old: str, new: str, line: int, reason: str) -> None:
    assert old in TEMPLATES
    problems = check_files({**GOOD, "templates.yaml": TEMPLATES.replace(old, new, 1)})
    found = [p for p in problems if reason in p.reason and (p.file, p.line) == ("templates.yaml", line)]
    assert found, "\n".join(map(str, problems))
