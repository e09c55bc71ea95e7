"""Words that machines send: autoresponders, absence notes, other bots. A few give it away alone, most only in pairs."""

from collections.abc import Iterable

from automation.normal import normal

SURE: tuple[str, ...] = (
    "this is an automated", "this is an automatic", "i am a bot", "im a bot", "i am the automatic assistant",
    "i am a virtual assistant", "im your virtual assistant", "this mailbox is not monitored",
    "this number is not monitored", "do not reply to this message",
    "یہ خودکار جواب ہے", "یہ ایک خودکار جواب ہے", "یہ ایک خودکار پیغام ہے", "یہ خودکار پیغام ہے", "کا خودکار معاون",
    "yeh automatic reply hai", "yeh auto reply hai", "yeh aik automatic message hai", "yeh automated message hai",
    "هذا رد آلي", "هذا رد تلقائي", "هذه رسالة آلية", "هذه رسالة تلقائية", "أنا المساعد الآلي",
    "esta es una respuesta automática", "este es un mensaje automático", "soy un bot", "soy el asistente virtual",
    "soy el asistente automático", "no responda a este mensaje",
)  # fmt: skip
"""One of these is enough."""

BEGINS: tuple[str, ...] = (
    "automatic reply", "automatic response", "automated reply", "automated response", "auto reply", "autoreply",
    "auto response", "out of office", "out of the office", "رد تلقائي", "رد آلي", "respuesta automática",
    "mensaje automático", "خودکار جواب",
)  # fmt: skip
"""A text that begins so; in the middle of one, people talk about them."""

SIGNALS: dict[str, tuple[str, ...]] = {
    "thanks for writing": (
        "thank you for contacting", "thanks for contacting", "thank you for reaching out", "thanks for reaching out",
        "thank you for messaging", "thanks for messaging", "thank you for your message", "thanks for your message",
        "thank you for getting in touch", "thank you for your email", "we have received your message",
        "we have received your request",
        "رابطہ کرنے کا شکریہ", "پیغام کا شکریہ", "پیغام موصول ہو گیا", "میسج کرنے کا شکریہ",
        "rabta karne ka shukriya", "contact karne ka shukriya", "message karne ka shukriya", "message ka shukriya",
        "شكرا لتواصلك", "شكرا لتواصلكم", "شكرا لرسالتك", "شكرا لرسالتكم", "شكرا على تواصلكم", "تم استلام رسالتك",
        "gracias por comunicarte", "gracias por comunicarse", "gracias por contactar", "gracias por contactarnos",
        "gracias por tu mensaje", "gracias por su mensaje", "gracias por escribirnos", "hemos recibido su mensaje",
    ),
    "an answer to come": (
        "get back to you", "be in touch shortly", "be in touch soon", "contact you shortly", "contact you soon",
        "respond as soon as possible", "reply as soon as possible", "respond shortly", "reply shortly",
        "will reply within", "will respond within", "one of our agents will",
        "جلد آپ سے رابطہ", "جلد رابطہ کریں گے", "جلد جواب دیں گے", "جلد از جلد جواب",
        "jald aap se rabta", "jald rabta karein ge", "jald jawab dein ge", "jald az jald jawab",
        "في أقرب وقت ممكن", "سنرد عليك", "سنرد عليكم", "سنتواصل معك", "سنتواصل معكم",
        "lo antes posible", "a la brevedad", "nos pondremos en contacto", "le responderemos", "te responderemos",
    ),
    "nobody there": (
        "out of office", "out of the office", "currently unavailable", "unavailable right now",
        "not available right now", "not available at the moment",
        "i am on leave", "im on leave", "on annual leave", "on vacation", "away from my desk", "away from the office",
        "limited access to email", "outside our business hours", "outside of our business hours",
        "outside of business hours", "our business hours are", "our working hours are", "our office hours are",
        "اس وقت دستیاب نہیں", "چھٹی پر ہوں", "اوقات کار", "دفتر بند ہے",
        "is waqt available nahi", "is waqt dastyab nahi", "chutti par hoon", "chutti pe hoon", "office band hai",
        "غير متوفرين حاليا", "غير متاحين حاليا", "غير متاح حاليا", "أنا في إجازة", "ساعات العمل", "أوقات العمل",
        "no podemos responder", "no estamos disponibles", "no estoy disponible", "estoy de vacaciones",
        "fuera de la oficina", "fuera de nuestro horario", "nuestro horario de atención",
    ),
    "an offer to help": (
        "let us know how we can help", "how can we help you", "how may we help you", "how may i assist you",
        "how can i assist you", "کی کیا مدد کر سکتے ہیں", "ki kya madad kar sakte hain", "كيف يمكننا مساعدتك",
        "كيف نساعدك", "cómo podemos ayudarte", "cómo podemos ayudarle", "en qué podemos ayudarle",
    ),
    "keys to press": (
        "press 1", "reply 1 for", "reply with 1", "type 1 for", "select an option below", "choose from the menu",
        "1 دبائیں", "1 likhein", "1 dabayein", "1 اضغط", "اضغط 1", "marque 1", "responda 1", "escriba 1",
    ),
    "for emergencies": (
        "if this is urgent", "for urgent matters", "for urgent queries", "in case of emergency", "for emergencies",
        "فوری ضرورت", "للحالات الطارئة", "en caso de urgencia", "en caso de emergencia",
    ),
}  # fmt: skip
"""By what they say; two different ones make a machine."""

FEWEST_WORDS = 3


def _padded(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f" {normal(phrase)} " for phrase in phrases)


_SURE, _BEGINS = _padded(SURE), _padded(BEGINS)
_SIGNALS = tuple(_padded(phrases) for phrases in SIGNALS.values())


def is_machine(text: str) -> bool:
    """Whether ``text`` reads like something nobody typed."""
    words = f" {normal(text)} "
    if words.count(" ") <= FEWEST_WORDS:
        return False
    if words.startswith(_BEGINS) or any(phrase in words for phrase in _SURE):
        return True
    return sum(any(phrase in words for phrase in phrases) for phrases in _SIGNALS) >= 2
