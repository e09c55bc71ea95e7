"""Every command of ``flask --app wsgi …``, one line each."""

import click

from gateway.commands import campaigns, check, config, crm, db, events, flows, nlu, prepare, templates, tokens, users

COMMANDS: tuple[click.Command, ...] = (
    campaigns.group,
    check.command,
    config.group,
    crm.group,
    flows.group,
    nlu.group,
    db.group,
    events.group,
    prepare.command,
    templates.group,
    tokens.group,
    users.group,
)
