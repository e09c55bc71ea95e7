"""Tells whether a message says that its writer does not have, or does not know, what was asked for."""

import re
from functools import cache

from automation.normal import normal

LONGEST = 80
_OBJECTS = {
    "en": r"(?:it|one|that|this|any|them|the|a|an|my|any|order|tracking|invoice|number|id|code|photos?|pictures?|image|"
    r"e ?mail|address|idea|with me|here|now|anymore|any more|at the moment|sorry)",
    "es": r"(?:el|la|los|un|una|mi|numero|codigo|pedido|factura|de|foto|fotos|imagen|correo|direccion|ahora|aqui|"
    r"conmigo|idea|ya|perdon)",
    "pt": r"(?:o|a|um|uma|meu|numero|codigo|pedido|do|foto|e ?mail|agora|aqui|ideia)",
    "ur-Latn": r"(?:order|ka|ki|ke|koi|yeh|ye|wo|woh|number|no|id|tasveer|tasvir|photo|pic|email|mail|mere|mujhe|muje|"
    r"paas|pas|abhi|to|sorry)",
    "ur": r"(?:ارڈر|کا|کی|کے|کویی|یہ|وہ|نمبر|تصویر|فوٹو|ای|میل|میرے|مجھے|پاس|ابھی|تو|معذرت)",
    "ar": r"(?:الرقم|رقم|الطلب|طلب|صورہ|الصورہ|البرید|الان|لدی|عندی)",
    "hi": r"(?:ऑर्डर|का|कोई|नंबर|फोटो|मेरे|मुझे|पास|अभी)",
}
_FORMS = (
    r"(?:sorry )?(?:i )?(?:really )?(?:do not|dont|can not|cannot|cant|didnt|did not) "
    rf"(?:have|know|find|remember|recall|keep|get)(?: {_OBJECTS['en']})*",
    rf"(?:sorry )?(?:i )?(?:have )?no(?:t)?(?: {_OBJECTS['en']})+",
    rf"i (?:have )?(?:lost|deleted|forgot|forgotten|threw away)(?: {_OBJECTS['en']})*",
    rf"(?:perdon )?(?:yo )?no (?:lo |la |me )?(?:tengo|se|recuerdo|acuerdo|encuentro)(?: {_OBJECTS['es']})*",
    rf"(?:lo|la) (?:perdi|borre|olvide)(?: {_OBJECTS['es']})*",
    rf"(?:eu )?nao (?:o |a )?(?:tenho|sei|lembro|encontro)(?: {_OBJECTS['pt']})*",
    rf"(?:{_OBJECTS['ur-Latn']} )*(?:nahi|nahin|nai|nhi)(?: (?:hai|he|h|pata|maloom|malum|ya{{1,2}}d|mila?|rah[ai]))*",
    rf"(?:{_OBJECTS['ur-Latn']} )*(?:pata|maloom|malum|yaad|yad) (?:nahi|nahin|nai|nhi)(?: (?:hai|he|h))?",
    rf"(?:{_OBJECTS['ur']} )*نہیں(?: (?:ہے|پتا|پتہ|معلوم|یاد|مل|ملا|رہا|رہی))*",
    rf"(?:{_OBJECTS['ur']} )*(?:پتا|پتہ|معلوم|یاد) نہیں(?: ہے)?",
    rf"(?:لیس لدی|لیس عندی|ما عندی|لا اعرف|لا اتذکر|لا املک)(?: {_OBJECTS['ar']})*",
    rf"(?:{_OBJECTS['hi']} )*(?:नहीं|नही)(?: (?:है|पता|मालूम|याद))*",
)


def lacks(text: str) -> bool:
    """``I don't have a number``, ``mere paas number nahi hai``, ``no lo tengo`` … as a whole message; a bare no: no.

    Whoever asks must know that the question may be skipped.
    """
    words = normal(text) if len(text) <= LONGEST else ""
    return len(words.split()) > 1 and _form().fullmatch(words) is not None


@cache
def _form() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in _FORMS))
