"""The simulator put together: a local Twilio behind its REST interface, and customers' phones on a page."""

from dataclasses import dataclass

from flask import Flask, Response, request

from gateway.simulator import approvals, control, page_templates, pages, rest, rest_content, rest_other, samples
from gateway.simulator.carrier import Carrier
from gateway.simulator.customers import Pens
from gateway.simulator.files import Files
from gateway.simulator.kept import Kept
from gateway.simulator.scheduler import Scheduler
from gateway.simulator.sending import Desk
from gateway.simulator.setup import Setup
from gateway.simulator.webhooks import Hooks
from gateway.simulator.world import World

UPLOAD_MOST = 20_000_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


@dataclass(slots=True)
class Simulator:
    """All parts of one running simulator."""

    app: Flask
    world: World
    scheduler: Scheduler
    carrier: Carrier
    kept: Kept | None

    def close(self) -> None:
        self.world.feed.close()
        self.scheduler.close()
        if self.kept:
            self.kept.close()


def build(setup: Setup, base_url: str) -> Simulator:
    """A simulator for ``setup``, reached at ``base_url``."""
    world = World(setup, base_url=base_url.rstrip("/"))
    kept = Kept(setup.folder) if setup.folder else None
    if kept:
        kept.restore(world)
        world.keeper = kept
    scheduler, files, hooks = Scheduler(), Files(setup.folder), Hooks(world)
    carrier, pens = Carrier(world, hooks, files, scheduler), Pens(world, hooks, files, scheduler)
    pages.seed(world)
    approvals.seed(world)
    scheduler.after(1, samples.warm)
    app = Flask("gateway.simulator", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = UPLOAD_MOST
    app.register_blueprint(rest.blueprint(world, Desk(world, carrier), files))
    app.register_blueprint(rest_content.blueprint(world))
    app.register_blueprint(rest_other.blueprint(world))
    app.register_blueprint(control.blueprint(world, hooks, pens, carrier))
    app.register_blueprint(pages.blueprint(world, pens, carrier, files))
    app.register_blueprint(page_templates.blueprint(world))
    app.before_request(_same_origin)
    app.after_request(_headers)
    return Simulator(app, world, scheduler, carrier, kept)


def _same_origin() -> tuple[str, int] | None:
    """No other site's page may work the levers through a visitor's browser."""
    origin = request.headers.get("Origin")
    if origin and origin.partition("://")[2] != request.host:
        return "another site's page", 403
    return None


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
