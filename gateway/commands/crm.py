"""``flask --app wsgi crm …``: customers, orders and invoices from CSV files into the built-in CRM."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.commands import crm_writes
from gateway.core import clock
from gateway.core.crm import CrmUnavailable
from gateway.core.errors import ConfigError, NotFound
from gateway.crm.columns import Reading, Table
from gateway.crm.importing import Import, Imported, in_order, table_of
from gateway.crm.reports import BadRows
from gateway.crm.rows import BadRow
from gateway.desk import crm_links
from gateway.jobs.asking import asker_of
from gateway.runtime import Runtime, runtime_of

group = AppGroup("crm", help="Customers of the business: who they are; orders and invoices in the built-in CRM.")
group.add_command(crm_writes.group)
BAD_SHOWN = 20
SOME_BAD, UNREADABLE = 1, 2
Tell = Callable[[str, BadRow], None]


@group.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--table", type=click.Choice([str(table) for table in Table]), help="What one file holds; else its name.")
@click.option("--dry-run", is_flag=True, help="Read and compare everything, write nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="A CSV of every bad row.")
def import_files(paths: tuple[Path, ...], table: str | None, dry_run: bool, report: Path | None) -> None:
    """Import the CSV files at PATHS, or in these folders: customers, orders, order_lines, invoices (docs/crm.md).

    Good rows go in, also beside bad ones; the same file again changes nothing. Ends with 0 if every row went in, with
    1 if some did not, with 2 if a file could not be read at all.
    """
    chosen = _chosen(paths, Table(table) if table else None)
    shown = _Shown()
    with ExitStack() as opened:
        tell: Tell = shown.tell
        if report:
            out = opened.enter_context(report.open("w", encoding="utf-8-sig", newline=""))
            tell = _both(shown.tell, BadRows(out).tell)
        try:
            done = list(take(runtime_of(current_app), chosen, tell, dry_run))
        except (ConfigError, OSError) as error:
            raise click.ClickException(str(error)) from error
    _summary(done, shown.left_out, report, dry_run)
    raise SystemExit(UNREADABLE if any(one.error for one in done) else SOME_BAD if any(one.bad for one in done) else 0)


@group.command("who")
@click.argument("contact_id", type=int)
def who(contact_id: int) -> None:
    """Show whom the CRM knows by CONTACT_ID's addresses, and whom people chose."""
    runtime = runtime_of(current_app)
    asker = asker_of(runtime, contact_id)
    try:
        found = runtime.crm().candidates(asker)
    except CrmUnavailable as error:
        raise click.ClickException(str(error)) from error
    for one in found:
        chosen = "  (chosen)" if one.number == asker.customer else ""
        click.echo("  ".join(part for part in (one.number, one.name, one.city) if part) + chosen)
    if asker.customer not in {"", *(one.number for one in found)}:
        click.echo(f"{asker.customer}  (chosen)")
    if not found and not asker.customer:
        click.echo("nobody")


@group.command("link")
@click.argument("contact_id", type=int)
@click.argument("customer")
def link(contact_id: int, customer: str) -> None:
    """Say that CONTACT_ID is the CRM's CUSTOMER, by their number there."""
    runtime = runtime_of(current_app)
    asker = replace(asker_of(runtime, contact_id), addresses=(), customer=customer)
    try:
        if runtime.crm().look_up("customer", {}, asker) is None:
            raise click.ClickException(f"the CRM has no customer {customer}")
        with runtime.work() as session:
            crm_links.choose(session, contact_id, runtime.config().crm.system, customer, chosen_by=None)
    except (CrmUnavailable, NotFound) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"contact {contact_id} is customer {customer}")


@group.command("unlink")
@click.argument("contact_id", type=int)
def unlink(contact_id: int) -> None:
    """Let CONTACT_ID's addresses say again who they are."""
    runtime = runtime_of(current_app)
    with runtime.work() as session:
        crm_links.forget(session, contact_id, runtime.config().crm.system, chosen_by=None)


def take(runtime: Runtime, files: dict[str, Table], tell: Tell, dry_run: bool = False) -> Iterator[Imported]:
    """Import files by their paths, each after those it builds upon."""
    config = runtime.config()
    today = clock.now().astimezone(ZoneInfo(config.business.timezone)).date()
    run = Import(runtime.work, Reading(today, config.crm.country), tell, dry_run)
    for name in in_order(files):
        with Path(name).open("rb") as file:
            yield run.take(name, files[name], file)


def ours(folder: Path) -> dict[str, Table]:
    """The files of a folder whose names say what they hold."""
    found = ((path, table_of(path.name)) for path in sorted(folder.glob("*.csv")))
    return {str(path): table for path, table in found if table}


def _chosen(paths: Iterable[Path], table: Table | None) -> dict[str, Table]:
    chosen: dict[str, Table] = {}
    for path in paths:
        if path.is_dir():
            chosen |= ours(path)
            for other in sorted(path.glob("*.csv")):
                if table_of(other.name) is None:
                    click.secho(f"{other}: left alone, its name is none of ours", fg="yellow", err=True)
        elif known := table or table_of(path.name):
            chosen[str(path)] = known
        else:
            raise click.UsageError(f"{path}: call it {', '.join(f'{one}.csv' for one in Table)}, or say --table")
    if not chosen:
        raise click.UsageError(f"no {', '.join(f'{one}.csv' for one in Table)} there")
    return chosen


class _Shown:
    """The first bad rows on the terminal; a bad file has thousands."""

    def __init__(self) -> None:
        self.left_out = 0
        self._count = 0

    def tell(self, name: str, row: BadRow) -> None:
        self._count += 1
        if self._count > BAD_SHOWN:
            self.left_out += 1
            return
        column = f"{row.column}: " if row.column else ""
        click.secho(f"{name}:{row.line}: {column}{row.reason}", fg="red", err=True)


def _both(*tells: Tell) -> Tell:
    def tell(name: str, row: BadRow) -> None:
        for one in tells:
            one(name, row)

    return tell


def _summary(done: Iterable[Imported], left_out: int, report: Path | None, dry_run: bool) -> None:
    if left_out:
        where = f"they stand in {report}" if report else "--report FILE keeps them all"
        click.secho(f"… and {left_out:,} more bad rows: {where}", fg="red", err=True)
    would = "would be " if dry_run else ""
    for one in done:
        counts = f"{one.new:,} {would}new, {one.changed:,} {would}changed, {one.unchanged:,} unchanged, {one.bad:,} bad"
        click.echo(f"{one.name}: {one.table}: " + (f"not read: {one.error}" if one.error else counts))
