"""Takes the pictures of docs/screenshots from a database made for it: ``python scripts/screenshots.py [--all FOLDER]``.

``--all`` takes every page and state into FOLDER, for looking at them while working on the pages.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from gateway.app import create_app  # noqa: E402
from gateway.config.publish import ensure_published  # noqa: E402
from gateway.core.words import Author  # noqa: E402
from gateway.desk import conversations  # noqa: E402
from gateway.models import migrate  # noqa: E402
from gateway.runtime import Runtime, build  # noqa: E402
from gateway.settings import Settings  # noqa: E402
from scripts import demo_desk  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDE, NARROW = (1360, 820), (360, 740)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--all", type=Path, help="every page and state, into this folder")
    folder = arguments.parse_args().all
    with tempfile.TemporaryDirectory() as var, served(Path(var)) as (url, runtime), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        full = demo_desk.fill(runtime)
        if folder:
            everything(Camera(browser, url, folder), runtime, full)
        else:
            for_docs(Camera(browser, url, ROOT / "docs" / "screenshots"), full)
        browser.close()


@contextmanager
def served(var: Path) -> Iterator[tuple[str, Runtime]]:
    """The web application on a free port, with a database of its own."""
    settings = Settings.from_env({"VAR_DIR": str(var), "CARE_CONFIG": str(ROOT / "config"), "SECRET_KEY": "s" * 32})
    runtime = build(settings)
    migrate.upgrade(runtime.database)
    ensure_published(runtime.database, settings.care_config)
    server = make_server("127.0.0.1", 0, create_app(settings, runtime), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", runtime
    finally:
        server.shutdown()


class Camera:
    """Signed in as one agent; one picture a page, size and theme."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self.browser, self.url, self.folder = browser, url, folder
        folder.mkdir(parents=True, exist_ok=True)

    def page(self, size: tuple[int, int], dark: bool = False, who: str | None = "sara") -> Page:
        scheme = "dark" if dark else "light"
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.on("console", lambda message: print("console:", message.type, message.text))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.log('CSP', e.sourceFile, e.lineNumber,"
            " e.columnNumber, e.violatedDirective, e.target && e.target.outerHTML && e.target.outerHTML.slice(0, 200)))"
        )
        page.on("pageerror", lambda error: print("page error:", error))
        if who:
            page.goto(f"{self.url}/console/login")
            page.fill("#email", f"{who}@example.com")
            page.fill("#password", demo_desk.PASSWORD)
            page.click("text=Sign in")
        return page

    def take(self, page: Page, name: str, path: str | None = None) -> None:
        if path is not None:
            page.goto(self.url + path)
            page.wait_for_load_state("networkidle")
        page.evaluate("document.getElementById('offline')?.setAttribute('hidden', '')")
        page.screenshot(path=str(self.folder / f"{name}.png"), caret="initial")
        print(name)


def for_docs(camera: Camera, full: int) -> None:
    """The pictures that the README shows."""
    page = camera.page(WIDE)
    camera.take(page, "conversation", f"/console/conversations/{full}?view=all")
    camera.take(page, "inbox", "/console/inbox?view=waiting")
    camera.take(camera.page(WIDE, dark=True), "conversation-dark", f"/console/conversations/{full}?view=all")
    camera.take(camera.page(NARROW), "conversation-narrow", f"/console/conversations/{full}?view=all")


def everything(camera: Camera, runtime: Runtime, full: int) -> None:
    """Every page and state."""
    login(camera)
    page = camera.page(WIDE)
    for view in ("mine", "waiting", "bot", "all", "resolved"):
        camera.take(page, f"inbox-{view}", f"/console/inbox?view={view}")
    camera.take(camera.page(WIDE, who="hina"), "inbox-empty", "/console/inbox?view=mine")
    reading(camera, page, full)
    for number, name in ((1, "waiting"), (6, "theirs"), (9, "bot"), (4, "sms")):
        camera.take(page, f"conversation-{name}", f"/console/conversations/{number}?view=all")
    working(camera, page, runtime)
    sizes(camera, full)


def login(camera: Camera) -> None:
    page = camera.page(WIDE, who=None)
    camera.take(page, "login", "/console/login")
    page.fill("#email", "sara@example.com")
    page.fill("#password", "wrong wrong wrong")
    page.click("text=Sign in")
    camera.take(page, "login-wrong")


def reading(camera: Camera, page: Page, full: int) -> None:
    camera.take(page, "conversation", f"/console/conversations/{full}?view=all")
    for place, top in (("middle", -700), ("top", -9999)):
        page.evaluate(f"document.getElementById('thread-scroll').scrollTop = {top}")
        camera.take(page, f"conversation-{place}")
    page.click("summary[aria-label=More]")
    camera.take(page, "conversation-menu")
    page.keyboard.press("Escape")
    page.click("h1")
    page.keyboard.press("n")
    page.keyboard.type("Called the courier; they confirm tomorrow before noon.")
    camera.take(page, "note")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    camera.take(page, "keys")


def working(camera: Camera, page: Page, runtime: Runtime) -> None:
    with runtime.work() as session:
        conversations.claim(session, 10, 1)
        demo_desk.opt_out(session, 10)
        conversations.claim(session, 4, 1)
        conversations.resolve(session, 7, actor=Author.AGENT, actor_id=1)
    camera.take(page, "conversation-opted-out", "/console/conversations/10?view=mine")
    camera.take(page, "conversation-resolved", "/console/conversations/7?view=resolved")
    page.goto(f"{camera.url}/console/conversations/4?view=mine")
    page.keyboard.press("r")
    page.keyboard.type("آپ کا آرڈر کل پہنچ جائے گا، براہ کرم فون قریب رکھیں۔ شکریہ!")
    camera.take(page, "conversation-sms-writing")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".bubble.by-agent")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_selector(".toast")
    camera.take(page, "toast")
    camera.take(page, "error", "/console/conversations/99999")


def sizes(camera: Camera, full: int) -> None:
    dark = camera.page(WIDE, dark=True)
    camera.take(dark, "dark-conversation", f"/console/conversations/{full}?view=all")
    camera.take(dark, "dark-inbox", "/console/inbox?view=waiting")
    small = camera.page(NARROW)
    camera.take(small, "narrow-inbox", "/console/inbox?view=all")
    camera.take(small, "narrow-conversation", f"/console/conversations/{full}?view=all")
    small.click(".show-context")
    camera.take(small, "narrow-context")
    camera.take(camera.page((1000, 740)), "middle-conversation", f"/console/conversations/{full}?view=all")


if __name__ == "__main__":
    main()
