"""Whether a sentence of the business's own says that a machine writes: customers must be told with the first words."""

from collections.abc import Mapping
from functools import cache

from automation.normal import normal
from automation.texts import Texts, pick

FIRST_WORDS = ("greeting", "greeting_short")
TOLD = "bot_told"
_NAMES = """
bot, bots, chatbot, robot, machine, automatic, automated, automatically, ai, virtual assistant
بوٹ, روبوٹ, مشین, خودکار, ورچوئل اسسٹنٹ
بوت, روبوت, آلي, الآلي, آلية, الآلية, مساعد افتراضي, المساعد الافتراضي
automático, automática, automatizado, automatizada, asistente virtual, máquina
robô, assistente virtual
बॉट, चैटबॉट, रोबोट, स्वचालित, मशीन
"""


def says_bot(text: str) -> bool:
    """Whether what machines that write are called stands in it, in any of the languages we know."""
    words = f" {normal(text)} "
    return any(f" {name} " in words for name in _names())


def honest(sentences: Mapping[str, Texts], built_in: Texts, default: str) -> dict[str, Texts]:
    """The sentences with ``bot_told`` behind first words that do not say what writes; ``built_in`` where it is no
    better."""
    own = {language: text for language, text in sentences[TOLD].items() if says_bot(text)}
    told = {**built_in, **own}

    def finished(texts: Texts) -> Texts:
        return {
            language: text if says_bot(text) else f"{text} {pick(told, language, default)}".strip()
            for language, text in texts.items()
        }

    return {key: finished(texts) if key in (*FIRST_WORDS, TOLD) else texts for key, texts in sentences.items()}


def unsaid(own: Mapping[str, Texts]) -> list[tuple[str, str]]:
    """Sentences of the business's own, with their language (empty: its own), that hide what writes."""
    named = ((key, own.get(key, {})) for key in (*FIRST_WORDS, TOLD))
    return [(key, language) for key, texts in named for language, text in texts.items() if not says_bot(text)]


@cache
def _names() -> frozenset[str]:
    return frozenset(normal(name) for line in _NAMES.strip().splitlines() for name in line.split(","))
