"""Campaigns on the command line: made, followed, stopped; the refused rows come back as a list."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from gateway.app import create_app
from gateway.models.campaign import Campaign
from gateway.models.message import Message
from tests.campaigns.conftest import Office

LIST = "phone,order,name\n+923001234567,A-1,Ayesha\n12,A-2,=cmd()\n+923007654321,,-\n"


@pytest.fixture
def command(office: Office) -> FlaskCliRunner:
    app: Flask = create_app(office.runtime.settings, office.runtime)
    return app.test_cli_runner()


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    file = tmp_path / "late.csv"
    file.write_text(LIST)
    return file


def run(command: FlaskCliRunner, *words: object) -> Result:
    return command.invoke(args=["campaigns", *map(str, words)])


def test_from_a_list_to_its_results(command: FlaskCliRunner, office: Office, list_file: Path) -> None:
    made = run(command, "create", "--csv", list_file, "--template", "late", "--key", "k")
    assert made.output == "campaign 1\n"
    office.work()
    assert "late: ready, 3 rows\n" in run(command, "results", 1).output
    assert run(command, "start", 1).output == "campaign 1 is running\n"
    office.work()
    office.send()
    office.change(Message, status="delivered")
    office.work()
    shown = re.sub(" +", " ", run(command, "watch", 1).output)
    for line in ("late: done, 3 rows", "rows released 1", "refused bad_address 1", "messages delivered 1"):
        assert line in shown
    assert "whatsapp template en 1" in shown


def test_the_refused_rows_come_back_as_a_list(command: FlaskCliRunner, office: Office, list_file: Path) -> None:
    run(command, "create", "--csv", list_file, "--template", "late")
    office.work()
    lines = run(command, "refused", 1).output.splitlines()
    assert lines[0] == "line,reason,detail,address,language,name,order"
    assert lines[1] == "3,bad_address,no phone number that can exist,12,,'=cmd(),A-2"
    assert lines[2].startswith("4,variable_missing,")
    assert "+923007654321" in lines[2]


def test_the_same_key_is_the_same_campaign(command: FlaskCliRunner, office: Office, list_file: Path) -> None:
    for _ in range(2):
        made = run(command, "create", "--csv", list_file, "--template", "late", "--key", "k")
    assert made.output == "campaign 1 (made before with this key)\n"
    assert office.campaign(1).total == 3


def test_an_upload_that_broke_off_is_finished_by_the_same_key(
    command: FlaskCliRunner, office: Office, list_file: Path
) -> None:
    office.create(client_key="k", channel="wa")
    run(command, "create", "--csv", list_file, "--template", "late", "--key", "k", "--channel", "wa")
    office.work()
    assert office.state(1) == "ready"


def test_moves_and_their_refusals(command: FlaskCliRunner, office: Office, list_file: Path) -> None:
    run(command, "create", "--csv", list_file, "--template", "late", "--at", "2031-01-01T09:00")
    office.work()
    refused = run(command, "pause", 1)
    assert (refused.exit_code, refused.output) == (1, "Error: campaign 1 is ready: it cannot pause now\n")
    run(command, "start", 1)
    run(command, "pause", 1, "--reason", "wrong date")
    assert "paused (wrong date)" in run(command, "results", 1).output
    assert "canceled" in run(command, "cancel", 1).output
    assert "canceled" in run(command, "list").output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--template", "late"), "name a list"),
        (("--template", "unheard_of", "--csv", "LIST"), "no template 'unheard_of'; there are: late, offer"),
        (("--template", "late", "--csv", "LIST", "--var", "x"), "is not NAME=VALUE"),
        (("--template", "late", "--csv", "LIST", "--channel", "fax"), "no channel 'fax'"),
        (("--template", "late", "--csv", "LIST", "--start", "--dry-run"), "exclude each other"),
        (("--template", "late", "--segment", "{"), "no JSON"),
        (("--template", "late", "--segment", "[]"), "is an object"),
        (("--template", "late", "--segment", '{"x": 1}'), "no 'x'"),
    ],
)
def test_what_cannot_be_made_says_why(
    command: FlaskCliRunner, list_file: Path, words: tuple[str, ...], why: str
) -> None:
    made = run(command, "create", *(str(list_file) if word == "LIST" else word for word in words))
    assert made.exit_code != 0
    assert why in made.output


def test_what_is_no_list_cancels_the_campaign(command: FlaskCliRunner, office: Office, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("name\nAyesha\n")
    made = run(command, "create", "--csv", bad, "--template", "late")
    assert "no column is called address" in made.output
    assert office.campaign(1).state == "canceled"


def test_a_segment_on_the_command_line(command: FlaskCliRunner, office: Office) -> None:
    run(command, "create", "--segment", '{"tags_any": ["cod"]}', "--template", "late", "--var", "order=A-1")
    office.work()
    campaign: Campaign = office.campaign(1)
    assert (campaign.state, campaign.total, campaign.options["variables"]) == ("ready", 0, {"order": "A-1"})


def test_no_such_campaign(command: FlaskCliRunner) -> None:
    for word in ("results", "refused", "watch", "start"):
        assert "no campaign 7" in run(command, word, 7).output
