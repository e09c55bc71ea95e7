"""``flask --app wsgi flows …``: look at the flows, try and test them before customers do."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from automation.flows.model import Flow
from automation.flows.nodes import Ask, Choose, Handoff
from automation.flows.picture import mermaid, picture_of
from automation.flows.svg import svg
from gateway.commands.check import check_folder
from gateway.commands.flow_answers import answers_of
from gateway.commands.flow_talks import play_all
from gateway.config.remarks import remarks
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.replies import Option, Reply
from gateway.core.words import ChannelType
from gateway.crm.memory import MemoryCrm
from gateway.runtime import runtime_of
from handlers.rehearsal import NOBODY, Rehearsal, Sent
from handlers.situation import Decision

group = AppGroup("flows", help="Conversations as config/flows/ tells them.")

LANGUAGE = click.option("--language", help="Whose words; default: the business's own language.")


@group.command("check")
def check() -> None:
    """Check every flow of the folder: targets, texts in all languages, slots, no circle that never waits."""
    config, files = _folder()
    for flow in config.flows.flows.values():
        click.echo(_line(flow))
    for remark in remarks(files):
        click.secho(f"note: {remark}", fg="yellow")


@group.command("test")
@click.option("--only", default="", help="Conversations whose name has this in it.")
def test(only: str) -> None:
    """Play the conversations of flows/tests/ against the folder; ends with 1 if one goes another way."""
    config, files = _folder()
    played = [one for one in play_all(files, config) if only.casefold() in one.name.casefold()]
    wrong = [one for one in played if one.differences]
    for one in wrong:
        click.secho(f"{one.file}: {one.name}", fg="red")
        for difference in one.differences:
            click.echo("\n".join(f"  {line}" for line in difference.splitlines()))
    if wrong:
        click.echo(f"{len(wrong)} of {len(played)} conversations went another way")
        raise SystemExit(1)
    click.secho(f"{len(played)} conversations went as told", fg="green")


@group.command("draw")
@click.argument("name", required=False)
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="A file to write, .svg or .mmd.")
@LANGUAGE
def draw(name: str | None, to: Path | None, language: str | None) -> None:
    """Draw flow NAME as a picture, or all flows one after the other as Mermaid text."""
    config, _ = _folder()
    if name is not None and name not in config.flows.flows:
        raise click.ClickException(f"there is no flow {name!r}; there is {', '.join(sorted(config.flows.flows))}")
    if to is not None and name is None:
        raise click.ClickException("name the flow that is to be drawn into a file")
    language = language or config.business.default_language
    pictures = [
        picture_of(config.flows, config.flows.flows[one], language) for one in ([name] if name else config.flows.flows)
    ]
    if to is None:
        click.echo("\n".join(mermaid(picture) for picture in pictures), nl=False)
        return
    to.write_text(svg(pictures[0]) if to.suffix == ".svg" else mermaid(pictures[0]), encoding="utf-8")
    click.echo(f"{to} written")


@group.command("run")
@LANGUAGE
@click.option("--channel", type=click.Choice([str(c) for c in ChannelType]), default="whatsapp", show_default=True)
@click.option("--name", default="", help="What the customer is called.")
@click.option("--phone", default=NOBODY, help="Who writes: one of crm/customers.csv has orders.")
def run(language: str | None, channel: str, name: str, phone: str) -> None:
    """Write with the bot in the terminal, as a customer would; an empty line or Ctrl-D ends it."""
    config, files = _folder()
    today = clock.now().astimezone(ZoneInfo(config.business.timezone)).date()
    ask = answers_of(MemoryCrm.of_files(files, today, config.crm), {})
    rehearsal = Rehearsal(config, clock.now(), language, ChannelType(channel), name, phone=phone, ask=ask)
    while text := click.prompt("you", default="", show_default=False, prompt_suffix="> ").strip():
        chosen = _tapped(text, rehearsal.standing.offered)
        decision, replies = rehearsal.hear(Sent(tapped=chosen) if chosen else Sent(text))
        for reply in replies:
            click.echo(_shown(reply))
        click.secho(_footnote(decision, rehearsal), dim=True)


def _folder() -> tuple[RunningConfig, Mapping[str, str]]:
    """The config folder, if it has no problems; else they are shown and the command ends."""
    checked = check_folder(runtime_of(current_app).settings)
    if checked.config is None:
        for said in checked.said:
            click.echo(said.text)
        raise SystemExit(1)
    return checked.config, checked.files


def _line(flow: Flow) -> str:
    kinds = [type(node) for node in flow.nodes.values()]
    waits, persons = kinds.count(Choose) + kinds.count(Ask), kinds.count(Handoff)
    return f"{flow.id:24} {len(kinds) - 1:3} nodes  {waits} questions  {persons} handoffs  {len(flow.words)} triggers"


def _tapped(text: str, offered: tuple[Option, ...]) -> Option | None:
    """``/2`` taps the second option; a bare 2 is written."""
    number = text.removeprefix("/")
    if text.startswith("/") and number.isdecimal() and 1 <= int(number) <= len(offered):
        return offered[int(number) - 1]
    return None


def _shown(reply: Reply) -> str:
    lines = [f"bot> {reply.text}", *(f"     [{media.content_type}] {media.url}" for media in reply.media)]
    lines += [f"     /{number} {option.title}" for number, option in enumerate(reply.options, 1)]
    return "\n".join(lines)


def _footnote(decision: Decision, after: Rehearsal) -> str:
    """What a customer does not see: who answered, where the conversation stands, what is kept."""
    where = f"{after.standing.flow}:{after.standing.node}" if after.standing.node else "nowhere"
    parts = [f"by {decision.by}", f"waits {where}"]
    parts += [f"{name}={value}" for name, value in after.slots.items()]
    parts += [f"queue {decision.handoff.queue or 'default'}"] if decision.handoff else []
    return "     (" + ", ".join(parts) + ")"
