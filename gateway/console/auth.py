"""Signing in and out, and the guard before every page: session cookie, CSRF token."""

import math
from contextlib import suppress
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from limits import RateLimitItemPerMinute
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from gateway.console.blueprint import blueprint, runtime, throttle
from gateway.desk import users

PUBLIC = frozenset({"console.login", "console.login_page", "console.static"})

PER_ADDRESS = RateLimitItemPerMinute(30)
PER_ACCOUNT = RateLimitItemPerMinute(10, 15)
"""Ten tries in 15 minutes; a right password forgets the wrong ones before it."""

csrf = CSRFProtect()


@blueprint.before_request
def guard() -> BaseResponse | None:
    """Who is it? Nobody: to the login. Then no form without its token."""
    if request.endpoint == "console.static":
        return None
    g.account = _signed_in()
    if g.account is None and request.endpoint not in PUBLIC:
        return _to_login()
    csrf.protect()
    return None


@blueprint.get("/login")
def login_page() -> BaseResponse | str:
    """The login form; who is signed in goes on."""
    return redirect(_next()) if g.account else _form()


@blueprint.post("/login")
def login() -> BaseResponse:
    """Check the password, begin a session."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    tried = f"login:{email.strip().lower()[:200]}"
    wait = throttle().hit(PER_ADDRESS, f"login:{request.remote_addr}") or throttle().hit(PER_ACCOUNT, tried)
    if wait:
        return _refused(f"Too many tries. Please wait {_minutes(wait)}.", email, 429, wait)
    with runtime().database.read() as work:
        known = users.verify_password(work, email, password)
    if known is None:
        return _refused("E-mail address or password is wrong.", email, 401)
    throttle().forget(PER_ACCOUNT, tried)
    return _begin(known)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End this session."""
    with runtime().work() as work:
        users.session_end(work, request.cookies.get(users.SESSION_COOKIE, ""))
    session.clear()
    response = redirect(url_for("console.login_page"))
    response.delete_cookie(users.SESSION_COOKIE)
    return response


@blueprint.after_request
def _renew(response: Response) -> Response:
    """Use keeps a session alive."""
    token = request.cookies.get(users.SESSION_COOKIE, "")
    if not g.get("session_due") or request.endpoint == "console.logout":
        return response
    with suppress(SQLAlchemyError):  # the page is there; the next one renews
        with runtime().work() as work:
            users.session_renew(work, token)
        _set_cookie(response, token)
    return response


@blueprint.errorhandler(CSRFError)
def _old_page(_error: CSRFError) -> BaseResponse:
    reason = "This page had grown old. Please try again."
    if request.endpoint == "console.login":
        return _refused(reason, request.form.get("email", ""), 400)
    return make_response(render_template("console/error.html", title="Please try again", detail=reason), 400)


class Cookies(SecureCookieSessionInterface):
    """Flask's own cookie (it bears the CSRF token) follows the same rule as ours."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return is_secure()


def is_secure() -> bool:
    """May this browser keep cookies for https only? Not when it came straight to our own plain port."""
    settings = runtime().settings
    return settings.public_url.startswith("https://") and not is_direct()


def is_direct() -> bool:
    """Did the browser come to the web process itself, with no proxy in front?"""
    return request.host.rpartition(":")[2] == str(runtime().settings.web_port)


def _signed_in() -> users.Account | None:
    token = request.cookies.get(users.SESSION_COOKIE, "")
    if not token:
        return None
    with runtime().database.read() as work:
        found = users.session_check(work, token)
        g.session_due = found is not None and users.session_is_due(work, token)
    return found


def _to_login() -> BaseResponse:
    """Where the page asked for can be reached after signing in; htmx gets it as a header."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("console.inbox")
    if "HX-Request" in request.headers:
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        login_url = url_for("console.login_page", next=current.path or wanted)
        return make_response("", 401, {"HX-Redirect": login_url})
    return redirect(url_for("console.login_page", next=wanted))


def _next() -> str:
    """The page asked for before the login, if it is one of ours."""
    wanted = request.values.get("next", "")
    return wanted if wanted.startswith("/console/") and "\\" not in wanted else url_for("console.inbox")


def _form(problem: str = "", email: str = "") -> str:
    business = runtime().config().business.name
    return render_template("console/login.html", problem=problem, email=email, next=_next(), business=business)


def _refused(problem: str, email: str, status: int, wait_seconds: float = 0) -> BaseResponse:
    response = make_response(_form(problem, email), status)
    if wait_seconds:
        response.headers["Retry-After"] = str(math.ceil(wait_seconds))
    return response


def _minutes(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _begin(who: users.Account) -> BaseResponse:
    session.clear()  # a CSRF token from before the login is worth nothing after it
    with runtime().work() as work:
        token = users.session_create(work, who.id)
    response = redirect(_next())
    _set_cookie(response, token)
    return response


def _set_cookie(response: BaseResponse, token: str) -> None:
    response.set_cookie(
        users.SESSION_COOKIE,
        token,
        max_age=int(users.LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure(),
    )
