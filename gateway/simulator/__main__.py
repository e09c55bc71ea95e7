"""`python -m gateway.simulator [SETUP.json] [--port N] [--host H]`: run the simulator until it is told to stop."""

import argparse
import signal
import sys
from pathlib import Path
from threading import Thread
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from gateway.core.errors import ConfigError
from gateway.core.logging import configure
from gateway.settings import Settings
from gateway.simulator.app import build
from gateway.simulator.setup import read


class Quiet(WSGIRequestHandler):
    """Kept-alive connections and no line per request: the page's wire shows them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    settings = Settings.from_env()
    configure(settings.log_level, private=not settings.log_message_text)
    options = _options(settings)
    folder = options.setup.parent / "simulator"
    try:
        setup = read(
            options.setup, folder=folder, api_key=settings.twilio_api_key, api_secret=settings.twilio_api_secret
        )
    except ConfigError as error:
        sys.exit(f"simulator: {error}")
    simulator = build(setup, f"http://{options.host}:{options.port}")
    server = make_server(options.host, options.port, simulator.app, threaded=True, request_handler=Quiet)

    def stop(number: int, frame: FrameType | None) -> None:
        Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stderr.write(f"simulator: phones at http://{options.host}:{options.port}/\n")
    server.serve_forever()
    simulator.close()


def _options(settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.simulator", description="A local Twilio with phones.")
    parser.add_argument("setup", nargs="?", type=Path, default=settings.var_dir / "simulator.json")
    parser.add_argument("--port", type=int, default=settings.simulator_port)
    parser.add_argument("--host", default="127.0.0.1")
    return parser.parse_args()


if __name__ == "__main__":
    main()
