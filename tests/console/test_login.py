"""Signing in and out: cookies, CSRF, throttle, where one lands."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.console import auth
from gateway.desk import users
from gateway.runtime import Runtime, build
from tests.console.conftest import PASSWORD, Browser

PAGES = ["/console/inbox", "/console/conversations/1", "/console/media/1", "/console/inbox/changes"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_a_login(browser: Callable[[], Browser], path: str) -> None:
    answer = browser().get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/console/login?next=")


def test_htmx_is_sent_to_the_login(browser: Callable[[], Browser]) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/console/conversations/7?view=bot"}
    answer = browser().get("/console/inbox/rows", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/console/login?next=/console/conversations/7"


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Callable[[], Browser], people: object) -> None:
    answer = browser().sign_in("sara")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("rabta_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize(("base_url", "secure"), [("https://care.example.com", True), ("http://10.0.0.5:8000", False)])
def test_behind_https_cookies_are_for_https_alone(
    runtime: Runtime, people: object, base_url: str, secure: bool
) -> None:
    runtime.settings = replace(runtime.settings, public_url="https://care.example.com")
    client = create_app(runtime.settings, runtime).test_client()
    page = client.get("/console/login", base_url=base_url).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"email": "sara@example.com", "password": PASSWORD, "csrf_token": token}
    headers = {"Referer": f"{base_url}/console/login"}
    answer = client.post("/console/login", data=form, base_url=base_url, headers=headers)
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all(("Secure" in cookie) is secure for cookie in cookies)


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/console/conversations/3", "/console/conversations/3"),
        ("https://evil.example/console/", "/console/inbox"),
        ("//evil.example/", "/console/inbox"),
        ("/console/\\evil.example", "/console/inbox"),
        ("/api/v1/messages", "/console/inbox"),
        ("", "/console/inbox"),
    ],
)
def test_where_one_lands(browser: Callable[[], Browser], people: object, wanted: str, lands: str) -> None:
    form = {"email": "sara@example.com", "password": PASSWORD, "next": wanted}
    assert browser().post("/console/login", form).location == lands


def test_no_form_without_its_token(sara: Browser, conversation_id: int) -> None:
    for path in (f"/console/conversations/{conversation_id}/claim", "/console/logout", "/console/login"):
        answer = sara.client.post(path, data={"email": "a", "password": "b"})
        assert answer.status_code == 400
        assert "grown old" in answer.text


def test_wrong_passwords_are_slowed_down(browser: Callable[[], Browser], people: object) -> None:
    thief = browser()
    answers = [thief.sign_in("sara", "wrong wrong wrong") for _ in range(auth.PER_ACCOUNT.amount + 1)]
    assert [answer.status_code for answer in answers] == [401] * auth.PER_ACCOUNT.amount + [429]
    assert int(answers[-1].headers["Retry-After"]) > 60
    assert thief.sign_in("sara").status_code == 429, "even the right password waits"
    assert thief.sign_in("omar").status_code == 302, "other accounts do not"


def test_a_right_password_forgets_the_wrong_ones(browser: Callable[[], Browser], people: object) -> None:
    for _ in range(2):
        forgetful = browser()
        for _ in range(auth.PER_ACCOUNT.amount - 1):
            assert forgetful.sign_in("hina", "wrong wrong wrong").status_code == 401
        assert forgetful.sign_in("hina").status_code == 302


def test_without_redis_the_throttle_counts_alone(runtime: Runtime, people: object) -> None:
    settings = replace(runtime.settings, redis_url="unix:///nonexistent/redis.sock")
    own = build(settings)
    own.versions = runtime.versions
    lonely = Browser(create_app(settings, own).test_client())
    answers = [lonely.sign_in("sara", "wrong wrong wrong").status_code for _ in range(auth.PER_ACCOUNT.amount + 1)]
    assert answers[-1] == 429
    assert answers[0] == 401


def test_signing_out_ends_the_session(sara: Browser, app: Flask) -> None:
    assert sara.get("/console/inbox").status_code == 200
    cookie = sara.client.get_cookie(users.SESSION_COOKIE)
    assert cookie is not None
    sara.post("/console/logout")
    stolen = app.test_client()
    stolen.set_cookie(users.SESSION_COOKIE, cookie.value)
    assert stolen.get("/console/inbox").status_code == 302


def test_a_deactivated_user_is_out_at_once(sara: Browser, runtime: Runtime, people: dict[str, int]) -> None:
    with runtime.work() as session:
        users.deactivate(session, people["sara"])
    assert sara.get("/console/inbox").status_code == 302
    assert sara.sign_in("sara").status_code == 401
