"""Users, passwords and sessions, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core import clock
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.core.words import Role
from gateway.desk import users
from gateway.models.database import Database

PASSWORD = "a long enough one"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def add(database: Database, email: str = "sara@example.com", role: Role = Role.AGENT) -> int:
    with database.begin() as session:
        return users.create(session, email=email, name="Sara", role=role, password=PASSWORD)


def signed_in(database: Database, token: str) -> bool:
    with database.read() as session:
        return users.session_check(session, token) is not None


@pytest.mark.parametrize(
    ("email", "password", "right"),
    [
        ("sara@example.com", PASSWORD, True),
        (" Sara@Example.COM ", PASSWORD, True),
        ("sara@example.com", PASSWORD + "!", False),
        ("sara@example.com", "", False),
        ("sara@example.com", "x" * 100_000, False),
        ("nobody@example.com", PASSWORD, False),
        ("", "", False),
        ("\x00", "\udcff", False),
    ],
)
def test_password(database: Database, email: str, password: str, right: bool) -> None:
    add(database)
    with database.read() as session:
        assert (users.verify_password(session, email, password) is not None) is right


def test_an_unknown_address_is_checked_like_a_wrong_password(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(users, "_matches", lambda password_hash, _password: bool(checked.append(password_hash)))
    with sqlite.read() as session:
        assert users.verify_password(session, "nobody@example.com", PASSWORD) is None
    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a@" + "b" * 200),
        ("name", "  "),
        ("name", "n" * 101),
        ("password", "short"),
        ("password", "l" * 201),
        ("timezone", "Asia/Atlantis"),
    ],
)
def test_unusable_values_are_refused(sqlite: Database, field: str, value: str) -> None:
    values = {"email": "a@example.com", "name": "A", "password": PASSWORD, "timezone": "UTC"} | {field: value}
    with sqlite.begin() as session, pytest.raises(InvalidPayload):
        users.create(session, role=Role.AGENT, **values)


def test_one_user_an_address(database: Database) -> None:
    add(database)
    with pytest.raises(Conflict):
        add(database, "SARA@example.com")
    with database.read() as session, pytest.raises(NotFound):
        users.by_email(session, "bilal@example.com")


def test_a_session_ends(database: Database) -> None:
    user_id = add(database)
    with database.begin() as session:
        mine, other = users.session_create(session, user_id), users.session_create(session, user_id)
    with database.begin() as session:
        users.session_end(session, mine)
    assert not signed_in(database, mine)
    assert signed_in(database, other)
    assert not signed_in(database, "made up")


@pytest.mark.parametrize("end", ["deactivate", "password"])
def test_deactivation_and_a_new_password_end_all_sessions(database: Database, end: str) -> None:
    user_id = add(database)
    with database.begin() as session:
        token = users.session_create(session, user_id)
        if end == "deactivate":
            users.deactivate(session, user_id)
        else:
            users.set_password(session, user_id, "another long one")
    assert not signed_in(database, token)
    with database.read() as session:
        assert users.verify_password(session, "sara@example.com", PASSWORD) is None


@pytest.mark.parametrize(
    ("used_after", "asked_after", "alive"),
    [
        ([], timedelta(hours=11), True),
        ([], timedelta(hours=12), False),
        ([timedelta(hours=11)], timedelta(hours=20), True),
        ([timedelta(hours=11)], timedelta(hours=24), False),
        ([timedelta(hours=h) for h in range(10, 170, 10)], timedelta(days=7, hours=1), False),
    ],
)
def test_a_session_in_use_lives_on_within_bounds(
    sqlite: Database, used_after: list[timedelta], asked_after: timedelta, alive: bool
) -> None:
    user_id = add(sqlite)
    with clock.frozen(MONDAY), sqlite.begin() as session:
        token = users.session_create(session, user_id)
        assert not users.session_is_due(session, token)
    for moment in used_after:
        with clock.frozen(MONDAY + moment), sqlite.begin() as session:
            users.session_renew(session, token)
    with clock.frozen(MONDAY + asked_after):
        assert signed_in(sqlite, token) is alive


@pytest.mark.parametrize(("role", "asked", "may"), [
    (Role.AGENT, Role.AGENT, True), (Role.AGENT, Role.SUPERVISOR, False),
    (Role.ADMIN, Role.SUPERVISOR, True), (Role.SUPERVISOR, Role.ADMIN, False),
])  # fmt: skip
def test_roles(role: Role, asked: Role, may: bool) -> None:
    account = users.Account(1, "a@example.com", "A", role, "UTC", "en")
    assert account.may(asked) is may
