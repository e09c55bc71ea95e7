"""Which lines get marks, and which stay as they are."""

import pytest

from gateway.core.bidi import in_order, without_marks

ADDRESS = "پتہ: 23-C Main Boulevard, Lahore"


@pytest.mark.parametrize(
    ("text", "language", "marked"),
    [
        ("Your order G204171", "en", "Your order G204171"),
        ("آرڈر G204171 روانہ ہو گیا", "ur", "آرڈر G204171 روانہ ہو گیا"),
        ("14 دن میں، 4,500 روپے، 10:30 بجے، 24.87 کلو میٹر", "ur", "14 دن میں، 4,500 روپے، 10:30 بجے، 24.87 کلو میٹر"),
        (ADDRESS, "ur", "پتہ: <23-C Main Boulevard, Lahore>"),
        ("فون: +92 42 111 485 662", "ur", "فون: <+92 42 111 485 662>"),
        ("اوقات میں +1 415 555 0100 پر کال کریں", "ur", "اوقات میں <+1 415 555 0100> پر کال کریں"),
        ("آپ نے 2 × Lawn suit, 1 × Shawl منگوایا", "ur", "آپ نے <2 × Lawn suit, 1 × Shawl> منگوایا"),
        ("سینہ 38-40 انچ", "ur", "سینہ <38-40> انچ"),
        ("رقم 4500 PKR ہے", "ur", "رقم <4500 PKR> ہے"),
        ("تتبع الطلب 3XL الآن", "ar", "تتبع الطلب <3XL> الآن"),
        ("*23-C Main* پر", "ur", "^*<23-C Main>* پر"),
        ("Gulmohar Clothing میں خوش آمدید", "ur", "^Gulmohar Clothing میں خوش آمدید"),
        ("نقشہ\nhttps://maps.google.com/?q=24.87,67.05", "ur", "نقشہ\nhttps://maps.google.com/?q=24.87,67.05"),
        ("دیکھیں https://x.example/24-a/b پر", "ur", "دیکھیں https://x.example/24-a/b پر"),
        ("یہاں 24shop.example/a-b دیکھیں", "ur", "یہاں 24shop.example/a-b دیکھیں"),
        ("Track: gulmohar.example/track", "ur", "Track: gulmohar.example/track"),
        ("Dear عائشہ, order 5", "en", "Dear عائشہ, order 5"),
        ("Dear عائشہ خان 2 items are here", "en", "Dear <عائشہ خان> 2 items are here"),
        ("عائشہ, your order is here", "en", "_عائشہ, your order is here"),
        ("میرا آرڈر G204171 کہاں ہے؟", "en", "میرا آرڈر G204171 کہاں ہے؟"),  # an agent who writes Urdu
        ("mera order عائشہ 3", "ur-Latn", "mera order <عائشہ> 3"),
        ("¿Dónde está?", "es", "¿Dónde está?"),
        ("مفت ڈیلیوری 👍 5", "ur", "مفت ڈیلیوری 👍 5"),
        ("", "ur", ""),
    ],
)
def test_marks(text: str, language: str, marked: str) -> None:
    found = in_order(text, language)
    shown = found.translate({0x2068: "<", 0x2069: ">", 0x200F: "^", 0x200E: "_"})
    assert shown == marked
    assert without_marks(found) == text
    assert in_order(found, language) == found
