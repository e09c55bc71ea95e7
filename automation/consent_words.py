"""Words by which customers stop messages and ask for them again, by language; ``care.yaml`` may add to them."""

STOP_WORDS: dict[str, tuple[str, ...]] = {
    "en": (
        "stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "stop messages", "stop messaging me",
        "stop texting me", "stop sending messages", "stop sending me messages", "stop promotions", "no more messages",
        "do not message me", "dont message me", "do not contact me", "dont contact me", "dont send me messages",
        "remove me from your list", "unsubscribe me",
    ),
    "ur": (
        "سٹاپ", "اسٹاپ", "ان سبسکرائب", "پیغام بند کریں", "پیغام بند کرو", "پیغامات بند کریں", "پیغامات بند کرو",
        "پیغام نہ بھیجیں", "پیغامات نہ بھیجیں", "پیغام مت بھیجیں", "میسج بند کریں", "میسج بند کرو", "میسجز بند کریں",
        "میسج مت کریں", "میسج مت کرو", "میسج نہ کریں", "میسج مت بھیجیں", "میسج نہ بھیجیں", "مجھے میسج نہ کریں",
        "مجھے میسج مت کریں", "مجھے پیغام نہ بھیجیں",
    ),
    "ur-Latn": tuple(
        f"{who}{what} {please}"
        for who in ("", "mujhe ")
        for what in ("message", "messages", "msg", "msgs", "sms", "paigham", "paighamat")
        for please in (
            "band karo", "band kro", "band kardo", "band krdo", "band kar do", "band kr do", "band karein",
            "band krein", "band kar dein", "mat karo", "mat kro", "mat karein", "mat bhejo", "mat bhejein",
            "na karein", "na krein", "na bhejo", "na bhejein",
        )
    ),
    "ar": (
        "إيقاف", "أوقف", "توقف", "أوقف الرسائل", "إيقاف الرسائل", "إلغاء الاشتراك", "الغاء الاشتراك", "ألغ الاشتراك",
        "لا ترسلوا رسائل", "لا ترسل رسائل", "لا أريد رسائل",
    ),
    "es": (
        "baja", "dar de baja", "darme de baja", "parar", "detener", "desuscribir", "desuscribirme",
        "cancelar suscripción", "no más mensajes", "no quiero más mensajes", "no me escriban más",
        "no me envíen mensajes", "dejar de recibir mensajes",
    ),
    "pt": (
        "descadastrar", "me descadastrar", "cancelar inscrição", "cancelar assinatura", "não quero mais mensagens",
        "não me mandem mensagens", "não me enviem mensagens", "parem de mandar mensagens", "parar mensagens",
        "chega de mensagens",
    ),
    "hi": (
        "स्टॉप", "मैसेज बंद करो", "मैसेज बंद करें", "मैसेज मत भेजो", "मैसेज मत भेजें", "मैसेज न भेजें", "मैसेज मत करो",
        "संदेश बंद करें", "संदेश न भेजें", "मुझे मैसेज मत करो", "मुझे मैसेज मत भेजो",
    ),
}  # fmt: skip

START_WORDS: dict[str, tuple[str, ...]] = {
    "en": ("start", "unstop", "subscribe", "resubscribe", "opt in", "optin", "start messages", "resume messages"),
    "ur": ("شروع", "شروع کریں", "سٹارٹ", "اسٹارٹ", "سبسکرائب", "پیغام شروع کریں", "میسج شروع کریں"),
    "ur-Latn": ("shuru", "shuru karo", "shuru karein", "messages shuru karo", "message shuru karein", "start karo"),
    "ar": ("اشتراك", "ابدأ", "بدء", "استئناف", "استئناف الرسائل"),
    "es": ("alta", "comenzar", "iniciar", "empezar", "reanudar", "suscribirme", "recibir mensajes"),
    "pt": ("começar", "inscrever", "me inscrever", "receber mensagens", "voltar a receber"),
    "hi": ("शुरू", "शुरू करो", "शुरू करें", "स्टार्ट", "मैसेज शुरू करो", "मैसेज शुरू करें"),
}

SUBSCRIBE_WORDS = (
    "subscribe", "resubscribe", "opt in", "optin", "سبسکرائب", "اشتراك", "alta", "suscribirme", "recibir mensajes",
    "inscrever", "me inscrever", "receber mensagens",
)  # fmt: skip
"""Of ``START_WORDS`` those that are no mere hello: they are a wish also from who never stopped anything."""

SMS_STOP_WORDS = ("cancel", "end", "quit", "revoke")
"""Keywords of the carriers' own, which stop an SMS sender; elsewhere they are words like any other."""

SMS_START_WORDS = ("yes",)
