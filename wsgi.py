"""The application for any WSGI server: ``flask --app wsgi …``, ``granian --interface wsgi wsgi:app``."""

from gateway.app import create_app
from gateway.commands.check import unusable_settings
from gateway.core.logging import configure
from gateway.settings import Settings

settings, problems = Settings.usable()
if problems:
    unusable_settings(settings, problems)
    raise SystemExit(1)
configure(settings.log_level, private=not settings.log_message_text)
app = create_app(settings)
