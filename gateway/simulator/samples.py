"""Things a customer can send without looking for a file: a photo, a voice note, a receipt, a place, a person."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from gateway.simulator.customers import File

VOICES = Path(__file__).parent / "static" / "voice"
PLACES = {
    "ur": ("31.5204", "74.3587", "Liberty Market", "Gulberg III, Lahore"),
    "ur-Latn": ("24.8607", "67.0011", "Saddar", "Saddar Town, Karachi"),
    "es": ("40.4168", "-3.7038", "Puerta del Sol", "Centro, Madrid"),
}
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Sara Ahmed\r\nN:Ahmed;Sara;;;\r\n"
    "TEL;TYPE=CELL:+92 300 7654321\r\nEMAIL:sara@example.com\r\nEND:VCARD\r\n"
)


def file(kind: str, language: str) -> File | None:
    """The sample file of ``kind``; None if there is no such sample."""
    if kind == "voice":
        return File(voice(language), "audio/ogg", "voice.ogg")
    if kind not in MAKERS:
        return None
    maker, content_type, name = MAKERS[kind]
    return File(maker(), content_type, name)


def place(language: str) -> dict[str, str]:
    """A location's webhook fields."""
    latitude, longitude, label, address = PLACES.get(language, PLACES["ur"])
    return {"Latitude": latitude, "Longitude": longitude, "Label": label, "Address": address, "MessageType": "location"}


def voice(language: str) -> bytes:
    wanted = VOICES / f"{language.partition('-')[0]}.ogg"
    return (wanted if wanted.exists() else VOICES / "en.ogg").read_bytes()


def warm() -> None:
    """Draw the pictures once, so that the first tap on them is as quick as the next."""
    photo()
    sticker()


@cache
def photo() -> bytes:
    """A parcel with a dented corner on a wooden table."""
    image = Image.new("RGB", (960, 720))
    draw = ImageDraw.Draw(image)
    for y in range(720):
        shade = y / 720
        draw.line((0, y, 960, y), fill=(int(196 - 60 * shade), int(158 - 62 * shade), int(116 - 56 * shade)))
    for y in range(0, 720, 90):
        draw.line((0, y, 960, y + 14), fill=(128, 94, 62), width=3)
    shadow = Image.new("L", image.size)
    ImageDraw.Draw(shadow).polygon([(250, 560), (760, 600), (860, 520), (700, 470)], fill=150)
    image.paste((40, 28, 18), mask=shadow.filter(ImageFilter.GaussianBlur(26)))
    draw = ImageDraw.Draw(image)
    draw.polygon([(220, 270), (560, 330), (560, 600), (220, 520)], fill=(201, 160, 106))
    draw.polygon([(560, 330), (790, 250), (790, 480), (700, 520), (670, 560), (560, 600)], fill=(168, 128, 80))
    draw.polygon([(220, 270), (450, 200), (790, 250), (560, 330)], fill=(222, 184, 132))
    draw.polygon([(360, 295), (410, 304), (640, 228), (592, 220)], fill=(235, 218, 180))
    draw.polygon([(360, 295), (410, 304), (410, 390), (385, 402), (360, 380)], fill=(226, 206, 164))
    draw.line([(790, 480), (740, 455), (700, 520), (650, 500), (670, 560)], fill=(92, 62, 34), width=5)
    draw.rectangle((250, 420, 340, 482), fill=(250, 250, 246))
    for x in range(258, 332, 6):
        draw.line((x, 430, x, 456), fill=(30, 30, 30), width=2 + x % 3)
    draw.text((258, 462), "4521  LHE", fill=(30, 30, 30))
    return _saved(image, "JPEG", quality=86)


@cache
def sticker() -> bytes:
    """A smiling face that holds up a thumb."""
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((46, 46, 466, 466), fill=(255, 255, 255, 255))
    draw.ellipse((64, 64, 448, 448), fill=(255, 205, 60, 255))
    for x in (180, 332):
        draw.ellipse((x - 26, 180, x + 26, 250), fill=(70, 44, 10, 255))
        draw.ellipse((x - 4, 190, x + 14, 212), fill=(255, 255, 255, 255))
    draw.chord((150, 220, 362, 390), 10, 170, fill=(150, 40, 36, 255))
    draw.ellipse((96, 262, 150, 300), fill=(250, 150, 110, 190))
    draw.ellipse((362, 262, 416, 300), fill=(250, 150, 110, 190))
    return _saved(image, "WEBP", quality=90)


@cache
def receipt() -> bytes:
    """A one-page PDF."""
    lines = (
        "RECEIPT",
        "",
        "Order 4521",
        "1 x Cotton shirt, blue, M        PKR 3,450",
        "Delivery                       PKR   200",
    )
    text = (
        "BT /F1 15 Tf 50 360 Td 22 TL "
        + " ".join(f"({line}) Tj T*" for line in (*lines, "", "Total   PKR 3,650"))
        + " ET"
    )
    page = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 420 420] /Contents 4 0 R"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< " + page + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    )
    return _pdf(objects)


def contact_card() -> bytes:
    return CARD.encode()


MAKERS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "image": (photo, "image/jpeg", "parcel.jpg"),
    "sticker": (sticker, "image/webp", "sticker.webp"),
    "document": (receipt, "application/pdf", "receipt-4521.pdf"),
    "contact": (contact_card, "text/vcard", "Sara Ahmed.vcf"),
}


def _saved(image: Image.Image, form: str, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, form, quality=quality)
    return out.getvalue()


def _pdf(objects: tuple[bytes, ...]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
