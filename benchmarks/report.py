"""The one table of ``make bench``: figure, value, target, reached or not."""

from collections.abc import Iterator
from typing import Any

Line = tuple[str, str, str, str]


def table(kept: dict[str, Any]) -> str:
    """A Markdown table of everything measured so far; targets are those of the plan."""
    lines = [("figure", "measured", "target", "")]
    lines += [
        *_accept(kept.get("accept")),
        *_end_to_end(kept.get("end_to_end")),
        *_idle(kept.get("idle")),
        *_explain(kept.get("explain")),
        *_campaign(kept.get("campaign")),
        *_desk(kept.get("desk")),
        *_people(kept.get("people")),
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    rows = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([rows[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *rows[1:]])


def _accept(found: dict[str, Any] | None) -> Iterator[Line]:
    if not found:
        return
    for name in ("bare", "postgresql", "sqlite", "sqlite_full"):
        row = found[name]
        text = f"{row['rps']:.0f}/s · p50 {row['p50_ms']} · p99 {row['p99_ms']} · max {row['max_ms']} ms"
        if name == "sqlite":
            yield f"accept {name}", text, "p99 < 150 ms, no 1 s", _mark(row["p99_ms"] < 150 and row["max_ms"] < 1000)
        else:
            yield f"accept {name}", text, "", ""
    ratio = found["ratios"]["postgresql"]
    yield "accept postgresql / bare, req/s", str(ratio["rps"]), ">= 0.4", _mark(ratio["rps"] >= 0.4)
    yield "accept postgresql / bare, p99", str(ratio["p99"]), "<= 3", _mark(ratio["p99"] <= 3)


def _end_to_end(found: dict[str, Any] | None) -> Iterator[Line]:
    if not found:
        return
    row = found["steady"]
    text = f"p50 {row['p50_ms']} · p95 {row['p95_ms']} · p99 {row['p99_ms']} ms"
    yield (
        "customer to provider at 20/s",
        text,
        "p50 <= 25, p99 <= 150",
        _mark(row["p50_ms"] <= 25 and row["p99_ms"] <= 150),
    )
    for name, target in (("sustained", 250), ("sustained_100ms", 250), ("sustained_callbacks", 120)):
        yield (
            name.replace("_", ", "),
            f"{found[name]['rate']}/s",
            f">= {target}/s",
            _mark(found[name]["rate"] >= target),
        )


def _idle(found: dict[str, Any] | None) -> Iterator[Line]:
    if found:
        yield "idle memory, all processes", f"{found['pss_mb']} MB", "< 600 MB", _mark(found["pss_mb"] < 600)


def _explain(found: dict[str, Any] | None) -> Iterator[Line]:
    for name, row in (found or {}).items():
        yield (
            f"explain, {name}",
            f"p50 {row['p50_ms']} · p99 {row['p99_ms']} ms",
            "p99 < 1 ms",
            _mark(row["p99_ms"] < 1),
        )


def _campaign(found: dict[str, Any] | None) -> Iterator[Line]:
    if not found:
        return
    checked, sent = found["prepare"], found["rate"]
    seconds = checked["seconds"]
    yield f"campaign of {checked['rows']:,} checked", f"{seconds} s", "< 60 s", _mark(seconds < 60)
    text = f"{sent['rate']}/s ({sent['slowest_second']} to {sent['fastest_second']}), {sent['error_percent']} % off"
    wanted = f"{sent['senders']} senders at {sent['wanted']}/s for a minute"
    yield f"campaign, {wanted}", text, "<= 2 % off", _mark(sent["error_percent"] <= 2)


def _desk(found: dict[str, Any] | None) -> Iterator[Line]:
    for name, row in (found or {}).items():
        if isinstance(row, dict):
            most = 250 if name.startswith("search") else 120
            yield (
                f"desk, {name}",
                f"p50 {row['p50_ms']} · p95 {row['p95_ms']} ms",
                f"p95 < {most} ms",
                _mark(row["p95_ms"] < most),
            )


def _people(found: dict[str, Any] | None) -> Iterator[Line]:
    if not found:
        return
    claims, silence = found["claims"], found["silence"]
    one_each = claims["owned"] == claims["won"] == claims["conversations"] and not claims["errors"]
    wanted = f"{claims['people']} people claim the same {claims['conversations']:,}"
    text = f"{claims['seconds']} s, {claims['won']:,} won, {claims['errors']} errors"
    yield wanted, text, "one owner each, no deadlock", _mark(one_each)
    text = (
        f"{silence['spoke']} of {silence['rounds']:,} ({silence['canceled']} canceled, {silence['left']} left before)"
    )
    yield "the bot speaks after a handoff", text, "never", _mark(silence["spoke"] == 0)


def _mark(reached: bool) -> str:
    return "yes" if reached else "no"
