"""What the bot says for people who are busy, few or late, unless ``config/texts.yaml`` has a wording of its own."""

DESK_SENTENCES: dict[str, dict[str, str]] = {
    "nobody_online": {
        "en": "Nobody is free at this very moment. You are in line, and the answer comes here as soon as somebody is.",
        "ur": "اس لمحے کوئی نمائندہ فارغ نہیں۔ آپ قطار میں ہیں، جیسے ہی کوئی فارغ ہوگا جواب یہیں آئے گا۔",
        "ur-Latn": "Is lamhe koi numainda farigh nahi. Aap line mein hain, jaise hi koi farigh hoga jawab yahin aaye ga.",
        "ar": "لا يوجد موظف متاح في هذه اللحظة. أنت في قائمة الانتظار، وسيصلك الرد هنا حالما يتفرغ أحدهم.",
        "es": "En este momento no hay nadie libre. Está en la cola y le responderemos aquí en cuanto alguien lo esté.",
        "hi": "इस समय कोई खाली नहीं है। आप कतार में हैं, और जैसे ही कोई खाली होगा जवाब यहीं आएगा।",
        "pt": "Neste momento ninguém está livre. Você está na fila, e a resposta chega aqui assim que alguém estiver.",
    },
    "many_waiting": {
        "en": "Many people are writing to us right now, so it may take longer than usual. You keep your place in line.",
        "ur": "اس وقت بہت سے لوگ ہمیں لکھ رہے ہیں، اس لیے معمول سے زیادہ وقت لگ سکتا ہے۔ قطار میں آپ کی جگہ برقرار رہے گی۔",
        "ur-Latn": "Is waqt bohat se log hamein likh rahe hain, is liye mamool se zyada waqt lag sakta hai. Line mein aap ki jagah barqarar rahe gi.",
        "ar": "يراسلنا الكثيرون الآن، فقد يستغرق الرد وقتًا أطول من المعتاد. مكانك في قائمة الانتظار محفوظ.",
        "es": "Ahora mismo nos escribe mucha gente y puede que tardemos más de lo habitual. Conserva su lugar en la cola.",
        "hi": "अभी बहुत से लोग हमें लिख रहे हैं, इसलिए सामान्य से अधिक समय लग सकता है। कतार में आपकी जगह बनी रहेगी।",
        "pt": "Muitas pessoas estão nos escrevendo agora, por isso pode demorar mais do que o normal. O seu lugar na fila fica guardado.",
    },
    "overflow_told": {
        "en": "That team is very busy just now, so another team of ours looks after you. You need not repeat anything.",
        "ur": "وہ ٹیم اس وقت بہت مصروف ہے، اس لیے ہماری دوسری ٹیم آپ کی مدد کرے گی۔ کچھ دہرانے کی ضرورت نہیں۔",
        "ur-Latn": "Woh team is waqt bohat masroof hai, is liye hamari doosri team aap ki madad kare gi. Kuch dohrane ki zaroorat nahi.",
        "ar": "ذلك الفريق مشغول جدًا الآن، لذلك سيهتم بك فريق آخر لدينا. لا حاجة لتكرار أي شيء.",
        "es": "Ese equipo está muy ocupado ahora, así que le atenderá otro de nuestros equipos. No hace falta que repita nada.",
        "hi": "वह टीम अभी बहुत व्यस्त है, इसलिए हमारी दूसरी टीम आपकी मदद करेगी। कुछ दोहराने की ज़रूरत नहीं।",
        "pt": "Essa equipe está muito ocupada agora, por isso outra equipe nossa vai atender você. Não é preciso repetir nada.",
    },
    "acknowledged": {
        "en": "Your message is with our team, but everybody is still busy. You are not forgotten: they answer you here.",
        "ur": "آپ کا پیغام ہماری ٹیم کے پاس پہنچ چکا ہے، مگر ابھی سب مصروف ہیں۔ آپ کو بھلایا نہیں گیا، جواب یہیں آئے گا۔",
        "ur-Latn": "Aap ka paigham hamari team ke paas pohanch chuka hai, magar abhi sab masroof hain. Aap ko bhulaya nahi gaya, jawab yahin aaye ga.",
        "ar": "وصلت رسالتك إلى فريقنا، لكن الجميع ما زالوا مشغولين. لم ننسك، وسيصلك الرد هنا.",
        "es": "Su mensaje está con nuestro equipo, pero todos siguen ocupados. No le hemos olvidado: le responderán aquí.",
        "hi": "आपका संदेश हमारी टीम के पास पहुँच गया है, लेकिन अभी सब व्यस्त हैं। हम आपको भूले नहीं हैं, जवाब यहीं आएगा।",
        "pt": "A sua mensagem está com a nossa equipe, mas todos ainda estão ocupados. Não esquecemos de você: a resposta chega aqui.",
    },
}
