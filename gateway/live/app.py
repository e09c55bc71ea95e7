"""The live server: one stream of events per open page (``granian --interface asgi gateway.live.app:app``).

Who may listen is the console's own login: its cookie is checked at the start and every 30 s, and whoever has a page
open is seen at the desk by that (``gateway.desk.presence``).
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.desk import presence, users
from gateway.live.hub import RELOAD, Client, Hub
from gateway.live.journal import Journal
from gateway.models.database import Database
from gateway.settings import Settings
from gateway.signals import live

CHECK_SECONDS = 30.0
HEARTBEAT_SECONDS = 15.0
LAST_LOOK_SECONDS = 10.0
"""At the end, for a look at the log that is under way."""
HEARTBEAT = b": \n\n"
RETRY_MS = 2000
SIGNED_OUT = b"event: signed-out\ndata: sign in again\n\n"

log = structlog.get_logger(__name__)


class FromEnvironment:
    """Built at its first use, so that a server may import it before it forks."""

    def __init__(self) -> None:
        self._made: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._made is None:
            self._made = create_live(Settings.from_env())
        await self._made(scope, receive, send)


app = FromEnvironment()


def create_live(settings: Settings, database: Database | None = None) -> Starlette:
    """The application; ``database`` for tests."""
    made = Starlette(routes=[Route("/live", stream), Route("/healthz", healthz)], lifespan=_lifespan)
    made.state.settings = settings
    made.state.database = database or Database(settings.database_url, pool_size=2)
    made.state.hub = Hub(Journal(made.state.database))
    return made


async def healthz(_request: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok\n")


async def stream(request: Request) -> Response:
    """Events for whoever is signed in, from ``Last-Event-ID`` or ``?after=`` on."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in _origins(request):
        return PlainTextResponse("this origin may not listen\n", 403)
    headers = _cors(origin)
    who = await _who(request)
    if who is None:
        return PlainTextResponse("sign in first\n", 401, headers)
    return EventSourceResponse(
        _events(request, who), headers=headers, ping=0, sep="\n"
    )  # our own heartbeat: a task less


@asynccontextmanager
async def _lifespan(made: Starlette) -> AsyncIterator[None]:
    hub: Hub = made.state.hub
    _close_at_signals(hub)
    reading = asyncio.create_task(hub.run())
    listening = asyncio.create_task(live.listen(made.state.settings.redis_url, hub.nudge))
    yield
    hub.close()
    listening.cancel()
    await asyncio.wait((reading, listening), timeout=LAST_LOOK_SECONDS)
    made.state.database.engine.dispose()


def _close_at_signals(hub: Hub) -> None:
    """End the streams as soon as the server is told to stop: it waits for open requests before anything else."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return  # a test's server: nobody sends signals there
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def told(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(hub.close)
            if callable(before):
                before(number, frame)

        signal.signal(number, told)


async def _events(request: Request, who: users.Account) -> AsyncIterator[bytes]:
    """First what was missed, then what happens, until the session ends or the server does."""
    hub: Hub = request.app.state.hub
    client = Client(who.role)
    hub.clients.add(client)
    try:
        yield b"retry: %d\n\n" % RETRY_MS
        yield await _missed(request, hub, client)
        async for chunk in _happening(request, hub, client):
            yield chunk
    finally:
        hub.clients.discard(client)


async def _missed(request: Request, hub: Hub, client: Client) -> bytes:
    after = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        return b": from now on\n\n"
    facts = await asyncio.to_thread(hub.journal.missed, int(after))
    if facts is None:
        return RELOAD
    return b"".join(each.chunk for each in facts if each.rank <= client.rank) or b": nothing missed\n\n"


async def _happening(request: Request, hub: Hub, client: Client) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    check_at = clock() + CHECK_SECONDS
    while not hub.closing.is_set():
        chunk = await client.take(HEARTBEAT_SECONDS)
        yield chunk or HEARTBEAT
        if clock() >= check_at:
            if await _is_out(request, client):
                yield SIGNED_OUT
                return
            check_at = clock() + CHECK_SECONDS


async def _is_out(request: Request, client: Client) -> bool:
    """Has the session ended, or its role changed? A database that is away for a moment ends nothing."""
    try:
        who = await _who(request)
    except SQLAlchemyError:
        return False
    return who is None or Client(who.role).rank != client.rank


async def _who(request: Request) -> users.Account | None:
    token = request.cookies.get(users.SESSION_COOKIE, "")
    database: Database = request.app.state.database
    return await asyncio.to_thread(_signed_in, database, token) if token else None


def _signed_in(database: Database, token: str) -> users.Account | None:
    with database.read() as session:
        who = users.session_check(session, token)
    if who is not None:
        _seen(database, who.id)
    return who


def _seen(database: Database, user_id: int) -> None:
    """Whose page is open is at the desk; a database too busy to hear of it is told the next time."""
    try:
        with database.begin() as session:
            presence.seen(session, user_id)
    except SQLAlchemyError as error:
        log.warning("presence_not_kept", error=type(error).__name__)


def _origins(request: Request) -> set[str]:
    """The console's own: on the web port of this host, and behind the public address."""
    settings: Settings = request.app.state.settings
    public = urlsplit(settings.public_url)
    host = request.headers.get("host", "").rpartition(":")[0]
    return {f"http://{host}:{settings.web_port}", f"{public.scheme}://{public.netloc}"}


def _cors(origin: str | None) -> dict[str, str]:
    allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"} if origin else {}
    return allowed | {"Vary": "Origin", "Cache-Control": "no-store"}
