"""A crew of one lane worker, without what the real worker preloads: `python -m tests.platform.crew`."""

import os

from gateway import worker
from gateway.core.logging import configure
from gateway.settings import Settings
from gateway.worker import Crew, duties
from tests.platform import jobs

if __name__ == "__main__":
    configure()
    settings = Settings.from_env()
    worker.STOP_SECONDS = float(os.environ.get("STOP_SECONDS", worker.STOP_SECONDS))
    buried = str(settings.var_dir / "buried")
    Crew({"lanes-1": duties(settings)["lanes-1"]}, bury=lambda pid: jobs.note(buried, pid)).run()
