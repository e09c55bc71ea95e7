"""What a file really is: judged by its first bytes, with what the sender claims as a hint only."""

import re

import filetype

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 8192

MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|!--)", re.IGNORECASE)
PLAIN_CLAIMS = frozenset({"text/plain", "text/csv"})

CONTAINERS: tuple[frozenset[str], ...] = (
    frozenset({"video/mp4", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac", "video/quicktime", "video/x-m4v",
               "video/3gpp", "audio/3gpp"}),
    frozenset({"audio/ogg", "video/ogg", "application/ogg", "audio/opus"}),
    frozenset({"video/webm", "audio/webm", "video/x-matroska"}),
    frozenset({"image/heic", "image/heif", "image/avif"}),
)  # fmt: skip
"""Families that share their first bytes: there the claim says which member it is."""

PACKED = {
    "application/zip": re.compile(r"application/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\.[a-z.-]+"),
    "application/x-ole-storage": re.compile(r"application/(msword|vnd\.ms-[a-z-]+)"),
}
"""Documents packed in a general format: the claim is kept when it names one of these."""

SCRIPTABLE = frozenset({"image/svg+xml", "text/html", "application/xhtml+xml", "application/xml", "text/xml"})


def sniff(head: bytes, claimed: str = "") -> str:
    """The content type of a file that begins with ``head`` (up to 8 KiB): never one that a browser would run."""
    claim = claimed.partition(";")[0].strip().lower()
    guess = filetype.guess(head) if head else None
    if guess is None:
        return _text(head, claim)
    found: str = guess.mime
    if found in SCRIPTABLE:
        return UNKNOWN
    return claim if _same_family(found, claim) else found


def _same_family(found: str, claim: str) -> bool:
    if any(found in family and claim in family for family in CONTAINERS):
        return True
    packed = PACKED.get(found)
    return bool(packed and packed.fullmatch(claim))


def _text(head: bytes, claim: str) -> str:
    """No known signature: plain text and cards if they look it, otherwise bytes."""
    if MARKUP.search(head) or head.startswith(b"#!") or not _is_text(head):
        return UNKNOWN
    if head.lstrip(b"\xef\xbb\xbf\r\n ").upper().startswith(b"BEGIN:VCARD"):
        return "text/vcard"
    return claim if claim in PLAIN_CLAIMS else UNKNOWN


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) >= HEAD_BYTES  # a character cut at the end
    return True
