"""YAML's traps become problems with a line; values keep their places."""

import pytest

from gateway.config.located import load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": 1}),
        ("a: -2.5", {"a": -2.5}),
        ("a: true\nb: false", {"a": True, "b": False}),
        ("a: ~\nb:", {"a": None, "b": None}),
        ("a: +923001234567", {"a": "+923001234567"}),
        ("a: 2027-03-23", {"a": "2027-03-23"}),
        ("a: '9:30'", {"a": "9:30"}),
        ("a: 'yes'\n'no': 2", {"a": "yes", "no": 2}),
        ("1: a", {"1": "a"}),
        ("- a\n- [b, {c: d}]", ["a", ["b", {"c": "d"}]]),
        ("سوال: جواب", {"سوال": "جواب"}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
    ],
)
def test_values(text: str, value: object) -> None:
    located = load("f.yaml", text)
    assert (located.value, located.problems) == (value, [])


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("a: Yes", (1, 4), "a bare Yes is true or false to YAML"),
        ("x: 1\noff: 2", (2, 1), 'write "off" in quotes'),
        ("a: 1\nb: 2\na: 3", (3, 1), "'a' stands here twice"),
        ("a:\n  b: 9:30", (2, 6), "a count of minutes"),
        ("a: 0x1f", (1, 4), "plain number"),
        ("a: 1_000", (1, 4), "plain number"),
        ("a: 012", (1, 4), "plain number"),
        ("a: .inf", (1, 4), "plain number"),
        ("a: *b", (1, 4), "anchors and aliases"),
        ("a: &b 1", (1, 4), "anchors and aliases"),
        ("a: !!python/object:os.system x", (1, 4), "is not used here"),
        ("? [a, b]\n: 1", (1, 3), "a key must be a word"),
        ("a: [1, 2", (1, 9), "not readable as YAML"),
        ("a: 'x", (1, 6), "not readable as YAML"),
        ("a: b: c", (1, 5), "not readable as YAML"),
        ("a: 1\n\tb: 2", (2, 1), "not readable as YAML"),
        ("", (0, 0), "the file is empty"),
        ("# nothing", (0, 0), "the file is empty"),
        ("a: \x07", (0, 0), "not readable as YAML"),
        ("[" * 40 + "]" * 40, (1, 31), "nested too deeply"),
    ],
)
def test_traps(text: str, place: tuple[int, int], reason: str) -> None:
    problems = load("f.yaml", text).problems
    assert len(problems) == 1
    assert (problems[0].line, problems[0].column) == place
    assert reason in problems[0].reason


def test_thousands_of_brackets_do_not_break_it() -> None:
    assert load("f.yaml", "[" * 50_000).problems
