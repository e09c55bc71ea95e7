"""``flows test``, ``flows draw`` and ``flows run``: what a shop's engineer sees of the conversations."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from automation.flows.picture import mermaid, picture_of
from gateway.app import create_app
from gateway.commands.flow_talks import play_all
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.models.database import Database
from gateway.runtime import build
from gateway.settings import Settings
from handlers.rehearsal import Rehearsal
from handlers.situation import Decision
from tests.config.test_flow_problems import FILES

SHIPPED = Path(__file__).parents[2] / "config"
TALK = """\
conversations:
  - name: a return
    contact: Ali
    tags: [old]
    turns:
      - hears: hi
        says: ["Help?"]
        offers: [Hours, Person]
      - taps: Hours
        says: ["9 to 5"]
        waits_at: ""
      - sends: photo
        says: ["photo", "go on?"]
        after_minutes: 5
      - hears: person
        hands_over: true
        tags: [old]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {**FILES, "flows/tests/menu.yaml": TALK}.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "shop"


@pytest.fixture
def run(sqlite: Database, folder: Path, tmp_path: Path) -> Callable[..., Result]:
    environ = {"DATABASE_URL": str(sqlite.engine.url), "CARE_CONFIG": str(folder), "VAR_DIR": str(tmp_path / "var")}
    settings = Settings.from_env(environ)
    app: Flask = create_app(settings, build(settings))
    return lambda *words, **more: app.test_cli_runner().invoke(args=["flows", *words], **more)


def test_conversations_that_go_as_told(run: Callable[..., Result]) -> None:
    result = run("test")
    assert (result.exit_code, result.output) == (0, "1 conversations went as told\n")
    assert run("test", "--only", "nothing").output == "0 conversations went as told\n"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            'says: ["9 to 5"]',
            'says: ["8 to 5"]',
            "  turn 2, taps 'Hours':\n    - says: 8 to 5\n    + says: 9 to 5 at Shop",
        ),
        ("[Hours, Person]", "[Hours]", "    - offers: ['Hours']\n    + offers: ['Hours', 'Person']"),
        ("taps: Hours", "taps: Address", "  turn 2: cannot tap 'Address': Hours, Person is shown"),
        ("hands_over: true", "hands_over: false", "    - hands_over: False\n    + hands_over: True"),
        ('waits_at: ""', 'waits_at: "main_menu:menu"', "    - waits_at: main_menu:menu\n    + waits_at: "),
        ("        tags: [old]\n", "        tags: [new]\n", "    - tags: ['new']\n    + tags: ['old']"),
        ("hands_over: true", "slots: {order: 5}", "    - slots: {'order': 5}\n    + slots: {}"),
        (
            '["photo", "go on?"]',
            '["go on?", "photo"]',
            "    - says: photo\n    + says: Thank you, I have received your photo.",
        ),
    ],
)
def test_a_difference_is_shown(run: Callable[..., Result], folder: Path, old: str, new: str, shown: str) -> None:
    (folder / "flows/tests/menu.yaml").write_text(TALK.replace(old, new, 1))
    result = run("test")
    assert result.exit_code == 1
    assert result.output.startswith("flows/tests/menu.yaml: a return\n")
    assert shown in result.output
    assert result.output.endswith("1 of 1 conversations went another way\n")


def test_a_broken_folder_is_not_played(run: Callable[..., Result], folder: Path) -> None:
    (folder / "flows/returning.yaml").write_text("id: returning")
    for command in ("test", "draw", "run"):
        result = run(command)
        assert (result.exit_code, "flows/returning.yaml:1:1: nodes: is missing" in result.output) == (1, True)


def test_drawing_as_text(run: Callable[..., Result]) -> None:
    drawn = run("draw", "main_menu").output
    assert drawn.startswith("%% main_menu\nflowchart TD\n")
    assert '  menu_{{"menu: Help?"}}\n' in drawn
    assert '  menu_ -->|"Hours"| tell_\n' in drawn
    assert '"menu: مدد؟"' in run("draw", "main_menu", "--language", "ur").output
    assert run("draw").output.count("flowchart TD") == 3


def test_drawing_a_picture(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    assert run("draw", "returning", "--to", str(file)).output == f"{file} written\n"
    root = ET.fromstring(file.read_text())
    groups = [group.get("id") for group in root.iter("{http://www.w3.org/2000/svg}g")]
    assert groups == ["number", "how", "lost", "see", "end", "keep", "mark"]
    text = tmp_path / "x.mmd"
    run("draw", "returning", "--to", str(text))
    assert text.read_text().startswith("%% returning")


@pytest.mark.parametrize(
    ("words", "said"), [(("draw", "retrning"), "there is no flow"), (("draw", "--to", "x.svg"), "name the flow")]
)
def test_drawing_nothing(run: Callable[..., Result], words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert (result.exit_code, said in result.output) == (1, True)


def test_writing_with_the_bot(run: Callable[..., Result]) -> None:
    result = run("run", "--name", "Ali", input="hi\n/1\n/9\nperson\n\n")
    assert result.exit_code == 0
    assert "Help?\n     /1 Hours\n     /2 Person\n     (by triggered_flow, waits main_menu:menu)" in result.output
    assert "bot> 9 to 5 at Shop\n     (by tapped, waits nowhere)" in result.output
    assert result.output.count("queue care") == 1


def test_the_shipped_conversations_go_as_told_through_every_flow_in_every_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = read_folder(SHIPPED)
    config = compile_files(files)
    assert isinstance(config, RunningConfig)
    passed: set[tuple[str, str | None]] = set()
    keep = Rehearsal._keep

    def keep_and_note(rehearsal: Rehearsal, decision: Decision) -> None:
        passed.update((step.partition(":")[0], rehearsal.language) for step in decision.path)
        keep(rehearsal, decision)

    monkeypatch.setattr(Rehearsal, "_keep", keep_and_note)
    played = play_all(files, config)
    assert [one for one in played if one.differences] == []
    expected = {(flow, language) for flow in config.flows.flows for language in config.business.languages}
    assert expected - passed == set()


def test_the_shipped_flows_are_drawn_whole() -> None:
    config = compile_files(read_folder(SHIPPED))
    assert isinstance(config, RunningConfig)
    for flow in config.flows.flows.values():
        drawn = mermaid(picture_of(config.flows, flow, "ur"))
        assert all(f"  {name}_" in drawn for name in flow.nodes if name != "end"), flow.id


WAITS = """\
id: later
triggers: {words: {en: [later]}}
nodes:
  - {id: a, say: {en: "One moment", ur: "ایک لمحہ"}}
  - {id: b, wait: {minutes: 60}, heard: early}
  - {id: c, ask: {en: "Did it come?", ur: "ملا؟"}, type: text, into: word}
  - {id: d, set: {contact.said: "{word}"}}
  - {id: e, tag: old, untag: new}
  - {id: f, end: true, text: {en: "Noted, {word}", ur: "{word}"}}
  - {id: early, say: {en: "Not yet", ur: "ابھی نہیں"}, goto: b}
"""
TALK_ABOUT_WAITING = """\
conversations:
  - name: time passes
    tags: [new]
    turns:
      - {hears: later, says: ["One moment"], waits_at: "later:b"}
      - {hears: well, after_minutes: 5, says: ["Not yet"], waits_at: "later:b"}
      - {hears: it came, after_minutes: 90, says: ["Did it come?", "Noted, it came"], tags: [old]}
      - {sends: location, says: ["location"]}
"""


def test_time_passes_in_a_rehearsal_too() -> None:
    files = {**FILES, "flows/later.yaml": WAITS, "flows/tests/later.yaml": TALK_ABOUT_WAITING}
    config = compile_files(files)
    assert isinstance(config, RunningConfig), config
    assert [one.differences for one in play_all(files, config)] == [()]


ORDERS = """\
id: my_order
triggers: {words: {en: [my order]}}
nodes:
  - {id: find, lookup: order, into: order, missing: none, failed: sorry}
  - {id: told, say: {en: "{order.number} is {order.status}", ur: "{order.number}"}, goto: end}
  - {id: none, say: {en: "No order", ur: "x"}, goto: end}
  - {id: sorry, say: {en: "Not now", ur: "x"}, goto: end}
"""
TALK_ABOUT_ORDERS = """\
conversations:
  - {name: theirs, phone: "+923001234567", turns: [{hears: my order, says: [G204171 is shipped]}]}
  - {name: nobody's, turns: [{hears: my order, says: [No order]}]}
  - {name: down, phone: "+923001234567", crm: down, turns: [{hears: my order, says: [Not now]}]}
"""


def test_the_folders_own_crm_answers(run: Callable[..., Result], folder: Path) -> None:
    crm = {name: text for name, text in read_folder(SHIPPED).items() if name.startswith("crm/")}
    for name, text in {**crm, "flows/mine.yaml": ORDERS, "flows/tests/mine.yaml": TALK_ABOUT_ORDERS}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    assert "4 conversations went as told" in run("test").output
    assert "bot> G204171 is shipped" in run("run", "--phone", "+923001234567", input="my order\n\n").output
