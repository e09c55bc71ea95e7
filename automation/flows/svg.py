"""A flow's picture as SVG that any browser shows: boxes in rows, arrows down between them and up along their side."""

from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from automation.flows.picture import Box, Picture

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 220, 56, 36, 64, 24
LINE = 34
"""Characters of a label on one line; there are two."""
COLOURS = {"asks": "#fff3c4", "says": "#e3f2fd", "decides": "#ede7f6", "ends": "#e8f5e9", "person": "#fde0dc"}


def svg(picture: Picture) -> str:
    """A picture that any browser shows."""
    across = max((box.column for box in picture.boxes), default=0) + 1
    down = max((box.row for box in picture.boxes), default=0) + 1
    width = 2 * MARGIN + across * (WIDTH + GAP_X)
    height = 2 * MARGIN + down * (HEIGHT + GAP_Y)
    boxes = {box.id: box for box in picture.boxes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="sans-serif" font-size="12"><title>{escape(picture.name)}</title>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#546e7a"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(_arrow(boxes[arrow.start], boxes[arrow.end], arrow.label, width) for arrow in picture.arrows),
        *(_box(box) for box in picture.boxes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _box(box: Box) -> str:
    left, top = _corner(box)
    lines = wrap(box.label, LINE, max_lines=2, placeholder="…")
    words = "".join(_words(line, left + WIDTH / 2, top + 34 + 14 * at, "#37474f") for at, line in enumerate(lines))
    name = _words(box.id, left + WIDTH / 2, top + 17, "#263238", ' font-weight="bold"')
    return (
        f'<g id={quoteattr(box.id)}><rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="8"'
        f' fill="{COLOURS[box.kind]}" stroke="#78909c"/>{name}{words}</g>'
    )


def _words(text: str, x: float, y: float, colour: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" fill="{colour}"{more}>{escape(text)}</text>' if text else ""


def _corner(box: Box) -> tuple[int, int]:
    return MARGIN + box.column * (WIDTH + GAP_X), MARGIN + box.row * (HEIGHT + GAP_Y)


def _arrow(start: Box, end: Box, label: str, width: int) -> str:
    path, x, y = _down(start, end) if end.row > start.row else _up(start, end, width)
    line = f'<path d="{path}" fill="none" stroke="#546e7a" marker-end="url(#tip)"/>'
    return line + _words(label, x, y, "#546e7a", ' font-size="10"')


def _down(start: Box, end: Box) -> tuple[str, float, float]:
    """The way of an arrow, and where its words stand."""
    (left, top), (to_left, to_top) = _corner(start), _corner(end)
    x, y, to_x = left + WIDTH / 2, top + HEIGHT, to_left + WIDTH / 2
    bend = (to_top - y) / 2
    return f"M{x} {y}C{x} {y + bend} {to_x} {to_top - bend} {to_x} {to_top}", (x + to_x) / 2, (y + to_top) / 2


def _up(start: Box, end: Box, width: int) -> tuple[str, float, float]:
    (left, top), (to_left, to_top) = _corner(start), _corner(end)
    x, y, to_x, to_y = left + WIDTH, top + HEIGHT / 2, to_left + WIDTH, to_top + HEIGHT / 2
    out = min(max(x, to_x) + 30 + 8 * (start.row - end.row), width - 4)
    return f"M{x} {y}C{out} {y} {out} {to_y} {to_x} {to_y}", out, (y + to_y) / 2
