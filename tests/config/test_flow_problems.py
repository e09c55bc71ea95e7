"""Every mistake in a flow that asks, branches and keeps is found at its line; a flow that is right compiles."""

import pytest

from automation.flows.nodes import Ask, Branch, Choose, Say
from gateway.config.compile import check_files, compile_files
from gateway.config.running import RunningConfig
from tests.config.test_problems import GOOD

FLOW = """\
id: returning
nodes:
  - id: number
    ask: {en: "Which order?", ur: "کون سا آرڈر؟"}
    type: order
    like: GC-#####
    into: order
    otherwise: lost
  - id: how
    ask: {en: "How?", ur: "کیسے؟"}
    type: one_of
    options:
      - {id: refund, title: {en: Refund, ur: رقم}}
      - {id: other, title: {en: Other, ur: اور}, goto: lost}
  - id: see
    branch:
      - {when: {slot: order.kind, is: "x"}, goto: lost}
      - {when: {all: [{open: office}, {not: {channel: sms}}]}, goto: lost}
  - id: keep
    set: {note: "{order}", contact.last_order: "{order}"}
  - id: mark
    tag: [refund]
    goto: end
  - id: lost
    say: {en: "Sorry {contact.name|friend}, {order}", ur: "معذرت {order}"}
"""
FILES = {**GOOD, "flows/returning.yaml": FLOW}


def test_the_good_one_compiles() -> None:
    running = compile_files(FILES, 5)
    assert isinstance(running, RunningConfig), running
    flow = running.flows.flows["returning"]
    assert isinstance(flow.nodes["number"], Ask)
    assert isinstance(flow.nodes["how"], Choose)
    assert isinstance(flow.nodes["see"], Branch)
    assert flow.nodes["how"].options[0].goto == "see"
    assert (running.flows.version, running.flows.languages, set(running.flows.calendars)) == (
        5,
        ("en", "ur"),
        {"office"},
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("type: order", "type: ordr", 5, "must be one of text, number, date, email, phone, order"),
        ("    type: order\n", "", 4, "needs type"),
        ("    into: order\n", "    into: order\n    suggest: [x]\n", 8, "must be a text"),
        ("    into: order\n", "    into: order\n    suggest: ordr.numbers\n", 8, "nothing fills the slot 'ordr'"),
        ("id: returning\n", "id: returning\ntakes: {which: {type: text}}\n", 2, "stands beside type text"),
        ("id: returning\n", "id: returning\ntakes: {which: {type: order}}\n", 2, "stands beside type order"),
        ("id: returning\n", "id: returning\ntakes: {x: {type: date, files: image}}\n", 2, "beside type media only"),
        ("type: one_of\n", "type: one_of\n    collect: x\n", 12, "has no meaning beside type one_of"),
        ("    into: order\n", "    into: order\n    instead: {mail: {type: email, goto: gone}}\n", 8, "no node 'gone'"),
        ("    into: order\n", "    into: order\n    instead: {mail: {type: text}}\n", 8, "of email, phone, order"),
        ("    into: order\n", "    into: order\n    instead: {mail: {type: order}}\n", 8, "must stand there"),
        ("    into: order\n", "    into: order\n    instead: {mail: {type: email, like: G#}}\n", 8, "must stand there"),
        ("id: returning\n", "id: returning\ntitle: {en: your return}\n", 2, "title: no text in ur"),
        ("    into: order\n", "    into: order\n    skip_title: {en: a, ur: b}\n", 8, "needs skip"),
        (
            "    goto: end\n",
            "    goto: go\n  - {id: go, flow: main_menu, at: mneu}\n",
            24,
            "has no node 'mneu'; did you mean",
        ),
        ("like: GC-#####", "like: GC", 6, "must be a form like GC-#####"),
        ("type: order", "type: text", 6, "has no meaning beside type text"),
        ("type: one_of", "type: text", 12, "options: has no meaning beside type text"),
        ("    like: GC-#####\n", "    least: 3\n", 6, "has no meaning beside type order"),
        ("    type: order\n    like: GC-#####", "    type: number\n    least: 3\n    most: 2", 6, "is more than most"),
        ("into: order", "into: contact", 7, "is a word of our own"),
        ("otherwise: lost", "otherwise: los", 8, "there is no node 'los' in this flow; did you mean 'lost'?"),
        ("otherwise: lost", "tries: 0", 8, "must be greater"),
        ("otherwise: lost", "untag: a", 8, "has no meaning beside ask"),
        ("slot: order.kind", "slot: ordr.kind", 17, "nothing fills the slot 'ordr'; did you mean"),
        ('is: "x"', "above: 5, below: 9", 17, "slot needs one of is, is_not"),
        ('slot: order.kind, is: "x"', "tag: vip, channel: sms", 17, "a condition has one of slot"),
        ('slot: order.kind, is: "x"', "tag: vip, is: x", 17, "has no meaning beside tag"),
        ('slot: order.kind, is: "x"', "price: 5", 17, "unknown key; known here: all, any"),
        ('is: "x"', "eval: x", 17, "eval: unknown key"),
        ("open: office", "open: offic", 18, "there is no opening hours 'offic'; did you mean 'office'?"),
        ("goto: lost}\n  - id: keep", "goto: gone}\n  - id: keep", 18, "there is no node 'gone'"),
        ('note: "{order}"', 'Note: "x"', 20, "must be a slot"),
        ("tag: [refund]", "tag: [Re fund]", 22, "must be a short name"),
        ("goto: end", "goto: see", 15, "leads back to itself without waiting"),
        ("goto: end", "goto: keep", 19, "leads back to itself without waiting"),
        (
            "{contact.name|friend}",
            "{ordr}",
            25,
            "nothing fills the placeholder {ordr}; there is {branches}, {business}, {hours",
        ),
        ("{contact.name|friend}", "{how:dayz}", 25, "nothing is written as 'dayz'; did you mean 'days'?"),
        ("title: {en: Refund,", 'title: {en: "{order}",', 13, "nothing fills the placeholder {order}"),
        (', ur: "کون سا آرڈر؟"}', "}", 4, "ask: no text in ur"),
        (
            "tag: [refund]",
            'call: {url: "https://x.example"}\n    failed: lost',
            22,
            "not among calls.hosts in care.yaml",
        ),
        ("tag: [refund]", 'call: {url: "http://ours.example"}\n    failed: lost', 22, "is called by https, unless"),
        ("tag: [refund]", 'call: {url: "https://{order}.example"}\n    failed: lost', 22, "must be like https://shop"),
        (
            "tag: [refund]",
            'call: {url: "https://ours.example", headers: {Host: x}}\n    failed: lost',
            22,
            "is no header that a flow may set",
        ),
        ("tag: [refund]", "wait: {minutes: 10081}", 22, "must be greater than or equal to 1 and less than"),
        ("tag: [refund]", "template: order_updat", 22, "there is no template 'order_updat'; did you mean"),
        ("tag: [refund]", "template: order_update", 22, "the template needs order"),
        (
            "tag: [refund]",
            'template: order_update\n    variables: {ordr: "x"}',
            23,
            "the template has no variable 'ordr'",
        ),
        (
            "tag: [refund]",
            'template: order_update\n    variables: {order: "{x}"}',
            23,
            "nothing fills the placeholder {x}",
        ),
        ('note: "{order}"', 'note: "{ordr.id}"', 20, "nothing fills the placeholder {ordr.id}"),
        ("tag: [refund]", "wait: {}", 22, "needs minutes"),
        ("tag: [refund]", "lookup: order", 22, "needs failed"),
        ("tag: [refund]", "lookup: order\n    by: {nr: x}\n    failed: lost", 23, "order has no nr; there is number"),
        ("tag: [refund]", "act: cancel_order\n    failed: lost", 22, "needs with"),
        ("tag: [refund]", "act: cancel\n    with: {order: x}\n    failed: lost", 22, "must be one of cancel_order"),
        ("tag: [refund]", "act: cancel_order\n    with: {nr: x}\n    failed: lost", 23, "cancel_order has no nr"),
        (
            "tag: [refund]",
            'act: cancel_order\n    with: {order: "{x}"}\n    failed: lost',
            23,
            "nothing fills the placeholder {x}",
        ),
        (
            "tag: [refund]",
            'call: {url: "https://ours.example/{x}", headers: {A: "{y}"}}\n    failed: lost',
            22,
            "nothing fills the placeholder {y}",
        ),
        ("tag: [refund]", "lookup: order\n    failed: mark", 21, "leads back to itself without"),
        ("tag: [refund]", "survey: ces", 22, "must be one of csat, nps"),
        ("tag: [refund]", "nearest: where", 22, "nothing fills the slot 'where'"),
        ("tag: [refund]", "nearest: order", 22, "there are no branches in care.yaml"),
        ("tag: [refund]", "nearest: order\n    far: gone", 23, "there is no node 'gone'"),
        ("tag: [refund]", "nearest: order\n    within_km: 0", 23, "must be greater"),
        ("into: order", "into: hours", 7, "is a word of our own"),
    ],
)
def test_mistakes(old: str, new: str, line: int, reason: str) -> None:
    assert old in FLOW
    listed = GOOD["care.yaml"] + "calls: {hosts: [{name: ours.example}]}\n"
    problems = check_files({**GOOD, "care.yaml": listed, "flows/returning.yaml": FLOW.replace(old, new, 1)})
    found = [f"{p.line}: {p.reason}" for p in problems]
    assert any(shown.startswith(f"{line}:") and reason in shown for shown in found), found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("conversations: []", "length must be between 1 and 200"),
        ("conversations: [{name: a, turns: [{hears: x, taps: y}]}]", "needs one of hears, taps, sends"),
        ("conversations: [{name: a, turns: [{hears: x, say: y}]}]", "say: unknown key; known here: hears"),
        ("conversations: [{name: a, at: noon, turns: [{hears: x}]}]", "must be a time like"),
    ],
)
def test_conversations_have_a_form(text: str, reason: str) -> None:
    problems = check_files({**GOOD, "flows/tests/menu.yaml": text})
    assert any(reason in str(problem) for problem in problems), problems


def test_conversations_are_no_flows() -> None:
    assert check_files({**GOOD, "flows/tests/menu.yaml": "conversations: [{name: a, turns: [{hears: hi}]}]"}) == []


def test_flows_that_send_each_other_round_are_found() -> None:
    one = "id: one\nnodes:\n  - {id: a, tag: x}\n  - {id: b, flow: two}\n"
    two = "id: two\nnodes:\n  - {id: a, flow: one}\n"
    asks = 'id: two\nnodes:\n  - {id: q, ask: {en: "?", ur: "؟"}, type: text}\n  - {id: a, flow: one}\n'
    found = [str(problem) for problem in check_files({**GOOD, "flows/one.yaml": one, "flows/two.yaml": two})]
    assert found == [
        "flows/one.yaml:4:13: the flow 'two' leads back here without waiting for the customer",
        "flows/two.yaml:3:13: the flow 'one' leads back here without waiting for the customer",
    ]
    assert check_files({**GOOD, "flows/one.yaml": one, "flows/two.yaml": asks}) == []


def test_a_template_lends_its_words() -> None:
    text = FLOW.replace("tag: [refund]", 'template: order_update\n    variables: {order: "{order}"}')
    running = compile_files({**GOOD, "flows/returning.yaml": text})
    assert isinstance(running, RunningConfig), running
    said = running.flows.flows["returning"].nodes["mark"]
    assert isinstance(said, Say)
    assert said.text["en"] == "Dear customer, your order {order} from Shop is on its way."
