"""What the provider approved, as it is kept: new, changed, gone, another account's, and with other variables."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.core.provider_templates import ProviderTemplate
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording
from gateway.desk import templates
from gateway.desk.templates import Synced
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry

OURS = Templates(
    {
        "order": TemplateSpec(
            "order",
            Category.UTILITY,
            (Variable("id", "A-1"),),
            {
                "en": Wording("order_en", "Order {{id}} left.", "Order {{id}}.", provider_language="en"),
                "ur-Latn": Wording("order_ur_latn", "Order {{id}} gaya.", "Order {{id}}.", provider_language="ur"),
            },
        )
    }
)


def found(number: int, name: str, approval: str = "approved", language: str = "en", **more: object) -> ProviderTemplate:
    values = {"body": "Order {{1}} left.", "types": ("twilio/text",), "variables": {"1": "A-1"}, "category": "UTILITY"}
    return ProviderTemplate(f"HX{number:032}", name, language, approval=approval, **(values | more))  # type: ignore[arg-type]


def store(database: Database, *listed: ProviderTemplate, account: str = "AC1") -> Synced:
    with database.begin() as session:
        return templates.store(session, account, listed, OURS)


def usable(session: Session) -> dict[str, dict[str, str]]:
    approved = templates.approved(session, ["order", "other"])
    return {name: {language: sid[-1] for language, sid in by.items()} for name, by in approved.items()}


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], {}),
        ([found(1, "order_en")], {"order": {"en": "1"}}),
        ([found(1, "order_ur_latn", language="ur")], {"order": {"ur-Latn": "1"}}),
        ([found(1, "order_en", "pending")], {}),
        ([found(1, "order_en", "paused")], {}),
        ([found(1, "order_en", variables={})], {}),
        ([found(1, "order_en", variables={"1": "a", "2": "b"})], {}),
        ([found(1, "order_en", body="Your order {{1}} is gone.")], {"order": {"en": "1"}}),
        ([found(1, "order")], {"order": {"en": "1"}}),
        ([found(1, "order", language="ur")], {"order": {"ur-Latn": "1"}}),
        ([found(1, "order", language="fr")], {"order": {"fr": "1"}}),
        ([found(1, "order_en"), found(2, "order_en", "pending")], {"order": {"en": "1"}}),
        ([found(1, "order_en"), found(2, "order_en")], {"order": {"en": "2"}}),
        ([found(1, "other")], {"other": {"en": "1"}}),
        ([found(1, "n" * 300, language="x" * 40, category="y" * 40)], {}),
    ],
)
def test_what_may_be_sent(
    database: Database, listed: list[ProviderTemplate], expected: dict[str, dict[str, str]]
) -> None:
    store(database, *listed)
    with database.read() as session:
        assert usable(session) == expected
        assert len(templates.listed(session)) == len(listed)


def test_each_synchronisation_follows_the_provider(database: Database) -> None:
    assert store(database, found(1, "order_en", "pending")).changed == (("order", "en", "", "pending"),)
    assert store(database, found(1, "order_en")).changed == (("order", "en", "pending", "approved"),)
    assert store(database, found(1, "order_en")) == Synced(1, ())
    changed = store(database, found(2, "other")).changed
    assert set(changed) == {("other", "en", "", "approved"), ("order", "en", "approved", "gone")}
    with database.read() as session:
        assert usable(session) == {"other": {"en": "2"}}
    store(database, found(1, "order_en"))
    with database.read() as session:
        assert usable(session) == {"order": {"en": "1"}}
        told = session.scalars(select(LogEntry.data).where(LogEntry.kind == "template_changed").order_by(LogEntry.id))
        assert [data["to"] for data in told] == ["pending", "approved", "approved", "gone", "approved", "gone"]


def test_another_accounts_templates_are_no_longer_ours(database: Database) -> None:
    store(database, found(1, "order_en"))
    store(database, found(2, "order_en"), account="AC2")
    with database.read() as session:
        assert usable(session) == {"order": {"en": "2"}}


def test_the_words_a_template_shows(database: Database) -> None:
    store(database, found(1, "order_en"))
    with database.read() as session:
        assert templates.shown(session, found(1, "").external_id, {"1": "7"}) == "Order 7 left."
        assert templates.shown(session, found(9, "").external_id, {"1": "7"}) is None
