"""Mapping files and the ``crm`` part of ``care.yaml``: what fits, and where it says what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config.compile import compile_files
from gateway.config.crm_mapping import SHIPPED
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig

CONFIG = Path(__file__).parents[2] / "config"
ZENDESK = (SHIPPED / "zendesk.yaml").read_text(encoding="utf-8")
PLAIN = "  type: builtin\n"
REST = '  type: rest\n  mapping: {}\n  base_url: "https://shop.example/"\n'


def folder(crm: str, **files: str) -> dict[str, str]:
    """The example with ``crm`` in its ``care.yaml``."""
    found = read_folder(CONFIG)
    found["care.yaml"] = found["care.yaml"].replace(PLAIN, crm)
    return found | {f"crm/{name}.yaml": text for name, text in files.items()}


def problems(files: dict[str, str]) -> list[str]:
    """Without the flows and answers, which take seconds to read."""
    found = compile_files({name: text for name, text in files.items() if name == "care.yaml" or "crm/" in name})
    return [] if isinstance(found, RunningConfig) else [str(one) for one in found]


@pytest.mark.parametrize("name", ["salesforce", "zendesk"])
def test_shipped_files_are_used_and_give_way_to_ones_own(name: str) -> None:
    compiled = compile_files(folder(REST.format(name)))
    assert isinstance(compiled, RunningConfig)
    remote = compiled.crm.remote
    assert remote is not None
    assert (compiled.crm.system, remote.base_url, bool(remote.mapping)) == (name, "https://shop.example", True)
    own = compile_files(folder(REST.format(name), **{name: ZENDESK.replace("/users/me", "/users/us")}))
    assert isinstance(own, RunningConfig)
    assert own.crm.remote is not None
    assert own.crm.remote.mapping["check"] == {"get": "/api/v2/users/us"}


def test_hubspot_needs_no_more_than_its_name() -> None:
    compiled = compile_files(folder("  type: hubspot\n"))
    assert isinstance(compiled, RunningConfig)
    assert compiled.crm.remote is not None
    assert (compiled.crm.system, compiled.crm.remote.base_url) == ("hubspot", "https://api.hubapi.com")


@pytest.mark.parametrize(
    ("crm", "said"),
    [
        (REST.format("sugar"), "mapping: there is no crm/sugar.yaml, and we ship none of this name"),
        (REST.format("../../x"), "mapping: must be a short name"),
        ("  type: rest\n", "is missing for type rest"),
        ("  type: builtin\n  mapping: zendesk\n", "mapping: has no meaning for type builtin"),
        (REST.format("zendesk").replace("https", "http"), "must be https"),
        (REST.format("zendesk").replace("https://", "https://me:pw@"), "is no address like"),
        (REST.format("zendesk") + "  timeout_seconds: 60\n", "timeout_seconds"),
    ],
)
def test_what_is_wrong_in_care_yaml_has_its_line(crm: str, said: str) -> None:
    found = [one for one in problems(folder(crm)) if said.removeprefix("mapping: ") in one]
    assert found
    assert all(one.startswith("care.yaml:") for one in found)


Change = Callable[[dict[str, Any]], Any]
WRONG: list[tuple[Change, str]] = [
    (lambda data: data["orders"]["fields"].pop("status"), "status: is missing"),
    (lambda data: data["orders"]["fields"].update(colour="x"), "colour: is no field of ours"),
    (lambda data: data["customers"]["fields"].update(tier={"path": "x", "values": {"a": "platinum"}}), "platinum"),
    (lambda data: data["customers"]["find"].pop("by_phone"), "by_phone: is missing"),
    (lambda data: data["customers"]["find"].update(by_shoe={"get": "/x"}), "by_shoe: is nothing we ask"),
    (lambda data: data["customers"]["find"].update(by_id={"get": "/{name}"}), "nobody fills {name}"),
    (lambda data: data["cases"]["open"]["body"]["ticket"].update(x="{secret}"), "nobody fills {secret}"),
    (lambda data: data["conversations"]["create"].update(get="/x"), "needs one of get, post, put, patch"),
    (lambda data: data.pop("cases"), "needs cases beside them"),
    (lambda data: data["cases"].update(states={"open": "new"}), "has open and done"),
    (lambda data: data["auth"].pop("user"), "user: is missing"),
    (lambda data: data["auth"].update(secret="hush-1234"), "secret: must be like TOKEN"),
    (lambda data: data["check"].update(get="https://x.example/"), "get: must begin with /"),
    (lambda data: data["check"].update(rows="a..b"), "rows: must be like records.0.Name"),
    (lambda data: data.update(quote="sql"), "quote: must be one of"),
    (lambda data: data.update(verb="x"), "verb: unknown key"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_a_wrong_mapping_is_refused_with_its_place(change: Change, said: str) -> None:
    data = yaml.safe_load(ZENDESK)
    change(data)
    found = problems(folder(PLAIN, own=yaml.safe_dump(data)))
    assert any(said in one and one.startswith("crm/own.yaml:") for one in found), found
