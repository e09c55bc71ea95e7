"""Words that work in the middle of any flow: back, start again, language, and to skip a question that may be skipped.

"Menu" and "agent" are flows of the business with words of their own (``triggers.interrupt``); who writes ``MENU``
means the menu, and does not merely greet.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

from automation.normal import normal

BACK, RESTART, LANGUAGE, SKIP, QUIT, MENU = "back", "restart", "language", "skip", "quit", "menu"

WORDS: dict[str, tuple[str, ...]] = {
    BACK: (
        "back", "go back", "previous", "step back", "واپس", "واپس جائیں", "پیچھے", "peeche", "piche", "wapas jao",
        "peechay", "رجوع", "السابق", "atrás", "volver", "regresar", "anterior", "voltar", "वापस", "पीछे",
    ),
    RESTART: (
        "start again", "start over", "restart", "from the start", "begin again", "دوبارہ شروع", "شروع سے",
        "پھر سے شروع", "dobara shuru", "shuru se", "phir se shuru", "ابدأ من جديد", "من البداية", "empezar de nuevo",
        "empezar otra vez", "desde el principio", "reiniciar", "começar de novo", "फिर से शुरू",
    ),
    LANGUAGE: (
        "language", "change language", "languages", "زبان", "زبان بدلیں", "zaban", "zuban", "zaban badlein", "اللغة",
        "تغيير اللغة", "idioma", "cambiar idioma", "cambiar de idioma", "mudar idioma", "भाषा", "भाषा बदलें",
    ),
    QUIT: (
        "never mind", "nevermind", "forget it", "leave it", "رہنے دیں", "رہنے دو", "ابھی رہنے دیں", "جانے دیں",
        "rehne do", "rehne dein", "rehne den", "rahne do", "rahne dein", "abhi rehne do", "abhi rehne dein", "jane do",
        "jane dein", "انس الأمر", "olvídelo", "olvídalo", "no importa", "déjelo", "déjalo", "déjelo así",
    ),
    MENU: (
        "menu", "main menu", "back to menu", "show menu", "options", "help", "مینو", "مین مینو", "مدد", "madad",
        "menu dikhao", "القائمة", "مساعدة", "menú", "menú principal", "volver al menú", "ayuda", "opciones",
        "मेनू", "मदद", "ajuda",
    ),
    SKIP: (
        "skip", "none", "i dont have it", "dont know", "i dont know", "چھوڑیں", "معلوم نہیں", "پتا نہیں", "نہیں پتا",
        "chhorein", "choro", "maloom nahi", "pata nahi", "nahi pata", "تخطي", "لا أعرف", "omitir", "saltar", "no lo sé",
        "i dont remember", "dont remember", "i lost it", "i dont have the number", "no number", "یاد نہیں",
        "نمبر یاد نہیں", "مجھے یاد نہیں", "میرے پاس نہیں", "نمبر نہیں ہے", "yaad nahi", "yad nahi", "number yaad nahi",
        "mujhe yaad nahi", "mujhe number yaad nahi", "mere paas nahi", "mere paas nahi hai", "number nahi hai",
        "no lo tengo", "no me acuerdo", "no recuerdo",
    ),
}  # fmt: skip

LANGUAGE_NAMES: dict[str, tuple[str, ...]] = {
    "en": ("English", "angrezi", "انگریزی", "انگلش", "inglés", "الإنجليزية"),
    "ur": ("اردو", "Urdu", "urdu script"),
    "ur-Latn": ("Roman Urdu", "رومن اردو", "roman"),
    "ar": ("العربية", "Arabic", "arabi", "عربی", "árabe"),
    "es": ("Español", "Spanish", "castellano"),
    "hi": ("हिन्दी", "Hindi", "ہندی"),
    "pt": ("Português", "Portuguese", "portugués"),
}  # fmt: skip
"""A language, as it calls itself and as people ask for it."""

WISHING = """
can could will would do you u i we want need prefer like to please pls plz speak speaking talk write reply answer
respond chat in the language now switch change only me with use lets let us know
kya kia aap ap tum mujhe mujh se mein main me men baat bat karo kro karein karen karna krna likho likhein likhen bolo
bolein batao batayein jawab do dein den sakte sakta hain hai ho skte zaban zuban chahiye ji
کیا آپ مجھ مجھے سے میں بات کریں کرو کرنا لکھیں لکھو بولیں جواب دیں دو سکتے ہیں ہے زبان چاہیے پلیز
en por favor puede puedes podría podrías habla hablas hable hablar escribe escriba escribir responde responda responder
quiero prefiero idioma se usted ustedes hablan
هل يمكنك تتحدث تحدث تكلم اكتب من فضلك بال
क्या आप मुझसे मुझे में से बात करो करें करिए लिखो लिखें बोलो बोलिए कृपया जवाब दो दें
você pode fala falar fale em responda escreva
"""
"""Words around the name of a language in a message that wishes for it."""


def command_of(text: str) -> str | None:
    """The command that a whole message is."""
    return _commands().get(normal(text)) if len(text) <= 60 else None


def language_of(text: str, languages: Sequence[str]) -> str | None:
    """The language of ``languages`` that a whole message names, or wishes for ("can you speak Urdu please")."""
    words = normal(text) if len(text) <= 60 else ""
    named = next((one for one in languages if words and words in _names(one)), None)
    return named or _wished(words.split(), languages)


def _wished(words: list[str], languages: Sequence[str]) -> str | None:
    """The one language named among words that people wish with, the longest name first: Roman Urdu is no Urdu."""
    rest = " ".join(word for word in words if word not in _wishing())
    return next((one for one in languages if rest and rest in _names(one)), None)


def name_of(language: str) -> str:
    """A language as its readers call it."""
    if language in LANGUAGE_NAMES:
        return LANGUAGE_NAMES[language][0]
    try:
        return Locale.parse(language.replace("-", "_")).get_display_name() or language
    except (ValueError, UnknownLocaleError):
        return language


@cache
def _wishing() -> frozenset[str]:
    return frozenset(normal(word) for word in WISHING.split())


@cache
def _commands() -> Mapping[str, str]:
    return {normal(word): command for command, words in WORDS.items() for word in words}


@cache
def _names(language: str) -> frozenset[str]:
    return frozenset(normal(name) for name in (*LANGUAGE_NAMES.get(language, ()), name_of(language)))
