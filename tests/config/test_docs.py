"""The examples of docs/config.md are what they say they are."""

import re
from pathlib import Path

import pytest
from marshmallow import Schema

from automation.faq.schema import FaqSchema
from automation.flows.check import findings
from automation.flows.node_schema import NodeSchema
from automation.flows.schema import FlowSchema
from automation.flows.talks import TalksSchema
from gateway.config.located import load
from gateway.config.template_schema import TemplatesSchema

EXAMPLES = re.findall(r"```yaml\n(.*?)```", (Path(__file__).parents[2] / "docs/config.md").read_text(), re.DOTALL)


@pytest.mark.parametrize(("position", "schema"), [(1, FlowSchema()), (2, FaqSchema()), (3, TemplatesSchema())])
def test_examples_fit(position: int, schema: Schema) -> None:
    located = load("example.yaml", EXAMPLES[position].replace("…", "x"))
    assert located.problems == []
    data = schema.load(located.value)
    assert list(findings(data)) == []


FLOWS = re.findall(r"```yaml\n(.*?)```", (Path(__file__).parents[2] / "docs/flows.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("position", range(len(FLOWS) - 1))
def test_nodes_of_the_page_on_flows_fit(position: int) -> None:
    located = load("example.yaml", FLOWS[position])
    assert located.problems == []
    assert isinstance(located.value, list)
    for node in located.value:
        NodeSchema().load(node)


def test_the_conversation_of_the_page_on_flows_fits() -> None:
    located = load("example.yaml", FLOWS[-1])
    assert located.problems == []
    TalksSchema().load(located.value)  # type: ignore[arg-type]
