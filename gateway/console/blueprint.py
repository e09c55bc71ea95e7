"""The console's blueprint: every page under ``/console`` needs a login unless it is listed as public."""

from flask import Blueprint, current_app, g

from gateway.desk.users import Account
from gateway.runtime import Runtime, runtime_of
from gateway.signals.throttle import Throttle

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates", static_folder="static")


def runtime() -> Runtime:
    """What this application was built with."""
    return runtime_of(current_app)


def throttle() -> Throttle:
    """Counts tries for this application."""
    found: Throttle = current_app.extensions["rabta_throttle"]
    return found


def account() -> Account:
    """Who is signed in; only inside pages that need a login."""
    signed_in: Account = g.account
    return signed_in
