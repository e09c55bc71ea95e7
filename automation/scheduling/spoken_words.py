"""The words around opening hours, by language; what CLDR knows (names of days, forms of times) is not repeated here."""

from collections.abc import Mapping

LOCALES = {"ur-Latn": "en"}
"""Languages that CLDR does not know, and whose locale writes their figures."""
OWN_WEEKDAYS: Mapping[str, Mapping[int, str]] = {
    "ur-Latn": dict(enumerate(("peer", "mangal", "budh", "jumerat", "juma", "hafta", "itwar"))),
}

TIMES: dict[str, tuple[str, str]] = {
    "en": ("h a", "h:mm a"),
    "ur": ("h", "h:mm"),
    "ur-Latn": ("h", "h:mm"),
    "hi": ("h", "h:mm"),
    "ar": ("h a", "h:mm a"),
    "es": ("H:mm", "H:mm"),
    "pt": ("H:mm", "H:mm"),
}
"""How a time is written: on the hour, and with minutes."""

DAY_PARTS_LIKE = {"ur-Latn": "ur"}
DAY_PARTS: dict[str, dict[str, str]] = {
    "ur": {
        "midnight": "رات", "night1": "رات", "morning1": "صبح", "afternoon1": "دوپہر", "afternoon2": "سہ پہر",
        "evening1": "شام",
    },
    "ur-Latn": {
        "midnight": "raat", "night1": "raat", "morning1": "subah", "afternoon1": "dopahar", "afternoon2": "sham",
        "evening1": "sham",
    },
    "hi": {
        "midnight": "रात", "night1": "रात", "morning1": "सुबह", "afternoon1": "दोपहर", "evening1": "शाम",
    },
}  # fmt: skip
"""Where people name the part of the day instead of AM and PM: CLDR's part → word before the time."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "open_until": "Open now until {time}",
        "open": "Open now, day and night",
        "opens": "Closed now, opens {day} at {time}",
        "closed": "Closed at present",
        "today": "today",
        "tomorrow": "tomorrow",
        "weekday": "on {weekday}",
        "date": "on {weekday} {date}",
        "days": "{first} to {last}",
        "span": "{start} to {end}",
        "and": " and ",
        "off": "closed",
        "all_day": "open 24 hours",
    },
    "ur": {
        "oclock": "بجے",
        "open_until": "ہم اس وقت کھلے ہیں، {time} تک",
        "open": "ہم دن رات کھلے ہیں",
        "opens": "ہم اس وقت بند ہیں، {day} {time} کھلیں گے",
        "closed": "ہم فی الحال بند ہیں",
        "today": "آج",
        "tomorrow": "کل",
        "weekday": "{weekday} کو",
        "date": "{weekday} {date} کو",
        "days": "{first} سے {last}",
        "span": "{start} سے {end} تک",
        "and": " اور ",
        "off": "بند",
        "all_day": "24 گھنٹے",
    },
    "ur-Latn": {
        "oclock": "baje",
        "open_until": "Hum is waqt khule hain, {time} tak",
        "open": "Hum din raat khule hain",
        "opens": "Hum is waqt band hain, {day} {time} khulein ge",
        "closed": "Hum filhal band hain",
        "today": "aaj",
        "tomorrow": "kal",
        "weekday": "{weekday} ko",
        "date": "{weekday} {date} ko",
        "days": "{first} se {last}",
        "span": "{start} se {end} tak",
        "and": " aur ",
        "off": "band",
        "all_day": "24 ghante",
    },
    "es": {
        "open_until": "Abierto ahora hasta las {time}",
        "open": "Abierto ahora, de día y de noche",
        "opens": "Cerrado ahora, abre {day} a las {time}",
        "closed": "Cerrado por el momento",
        "today": "hoy",
        "tomorrow": "mañana",
        "weekday": "el {weekday}",
        "date": "el {weekday} {date}",
        "days": "{first} a {last}",
        "span": "de {start} a {end}",
        "and": " y ",
        "off": "cerrado",
        "all_day": "las 24 horas",
    },
    "ar": {
        "open_until": "مفتوح الآن حتى الساعة {time}",
        "open": "مفتوح الآن ليلًا ونهارًا",
        "opens": "مغلق الآن، يفتح {day} الساعة {time}",
        "closed": "مغلق حاليًا",
        "today": "اليوم",
        "tomorrow": "غدًا",
        "weekday": "يوم {weekday}",
        "date": "يوم {weekday} {date}",
        "days": "من {first} إلى {last}",
        "span": "من {start} إلى {end}",
        "and": " و",
        "off": "مغلق",
        "all_day": "على مدار الساعة",
    },
    "hi": {
        "oclock": "बजे",
        "open_until": "अभी खुला है, {time} तक",
        "open": "दिन-रात खुला है",
        "opens": "अभी बंद है, {day} {time} खुलेगा",
        "closed": "फ़िलहाल बंद है",
        "today": "आज",
        "tomorrow": "कल",
        "weekday": "{weekday} को",
        "date": "{weekday} {date} को",
        "days": "{first} से {last}",
        "span": "{start} से {end} तक",
        "and": " और ",
        "off": "बंद",
        "all_day": "24 घंटे",
    },
    "pt": {
        "open_until": "Aberto agora até as {time}",
        "open": "Aberto agora, dia e noite",
        "opens": "Fechado agora, abre {day} às {time}",
        "closed": "Fechado no momento",
        "today": "hoje",
        "tomorrow": "amanhã",
        "weekday": "{weekday}",
        "date": "{weekday}, {date},",
        "days": "{first} a {last}",
        "span": "das {start} às {end}",
        "and": " e ",
        "off": "fechado",
        "all_day": "24 horas",
    },
}
