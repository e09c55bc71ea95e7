"""The bot's sentences as they are when ``config/texts.yaml`` has no wording of its own."""

from automation.care_sentences import CARE_SENTENCES
from automation.desk_sentences import DESK_SENTENCES
from automation.flow_sentences import FLOW_SENTENCES

SENTENCES: dict[str, dict[str, str]] = (
    {
        "greeting": {
            "en": "Hello! I am the automatic assistant (a bot) of {business}. Write *agent* at any time for a person.",
            "ur": "السلام علیکم! میں {business} کا خودکار معاون (بوٹ) ہوں۔ کسی نمائندے سے بات کے لیے کبھی بھی *نمائندہ* لکھیں۔",
            "ur-Latn": "Assalam o alaikum! Main {business} ka automatic assistant (bot) hoon. Kisi insan se baat ke liye kabhi bhi *agent* likhein.",
            "ar": "مرحبًا! أنا المساعد الآلي (بوت) لدى {business}. اكتب *موظف* في أي وقت للتحدث إلى شخص.",
            "es": "¡Hola! Soy el asistente automático (un bot) de {business}. Escriba *agente* cuando quiera hablar con una persona.",
            "hi": "नमस्ते! मैं {business} का स्वचालित सहायक (बॉट) हूँ। किसी इंसान से बात के लिए कभी भी *agent* लिखें।",
            "pt": "Olá! Sou o assistente automático (um bot) de {business}. Escreva *atendente* quando quiser falar com uma pessoa.",
        },
        "fallback": {
            "en": "Sorry, I did not understand that. Here is what I can help with:",
            "ur": "معذرت، میں یہ بات سمجھ نہیں سکا۔ میں ان چیزوں میں مدد کر سکتا ہوں:",
            "ur-Latn": "Maazrat, main yeh baat samajh nahi saka. Main in cheezon mein madad kar sakta hoon:",
            "ar": "عذرًا، لم أفهم ذلك. يمكنني مساعدتك في ما يلي:",
            "es": "Perdón, no lo he entendido. Puedo ayudarle con esto:",
        },
        "not_understood": {
            "en": "Please choose one of these:",
            "ur": "براہ کرم ان میں سے ایک چنیں:",
            "ur-Latn": "Meharbani karke in mein se aik chunein:",
            "ar": "من فضلك اختر واحدًا مما يلي:",
            "es": "Por favor, elija una de estas opciones:",
        },
        "did_you_mean": {
            "en": "Did you mean one of these?",
            "ur": "کیا آپ ان میں سے کچھ پوچھ رہے ہیں؟",
            "ur-Latn": "Kya aap in mein se kuch pooch rahe hain?",
            "ar": "هل تقصد أحد هذه الأسئلة؟",
            "es": "¿Se refiere a una de estas?",
        },
        "list_button": {"en": "Choose", "ur": "منتخب کریں", "ur-Latn": "Chunein", "ar": "اختر", "es": "Elegir"},
        "number_hint": {
            "en": "Reply with the number.",
            "ur": "جواب میں نمبر لکھیں۔",
            "ur-Latn": "Jawab mein number likhein.",
            "ar": "أجب برقم الخيار.",
            "es": "Responda con el número.",
        },
        "person_title": {
            "en": "Talk to a person",
            "ur": "نمائندے سے بات",
            "ur-Latn": "Insan se baat",
            "ar": "التحدث إلى موظف",
            "es": "Hablar con alguien",
        },
        "handoff_told": {
            "en": "I am passing you to a person. Everything written here stays with them, so you need not repeat it. They will answer in this chat.",
            "ur": "میں آپ کی بات ہمارے نمائندے تک پہنچا رہا ہوں۔ وہ یہ ساری گفتگو دیکھ سکیں گے، دوبارہ بتانے کی ضرورت نہیں۔ جواب اسی چیٹ میں آئے گا۔",
            "ur-Latn": "Main aap ki baat hamare numainde tak pohancha raha hoon. Woh yeh sari chat dekh sakein ge, dobara batane ki zaroorat nahi. Jawab isi chat mein aaye ga.",
            "ar": "أحوّلك الآن إلى أحد موظفينا. سيرى كل ما كُتب هنا فلا حاجة للتكرار، وسيجيبك في هذه المحادثة.",
            "es": "Le paso con una persona. Verá todo lo escrito aquí, no hace falta repetirlo, y le responderá en este chat.",
        },
        "media_received": {
            "en": "Thank you, I have received your file. I cannot look into files myself; a person can. How shall we go on?",
            "ur": "شکریہ، آپ کی فائل مل گئی ہے۔ میں خود فائل نہیں دیکھ سکتا، ہمارا نمائندہ دیکھ سکتا ہے۔ آگے کیا کریں؟",
            "ur-Latn": "Shukriya, aap ki file mil gayi hai. Main khud file nahi dekh sakta, hamara numainda dekh sakta hai. Aage kya karein?",
            "ar": "شكرًا، وصل ملفك. لا أستطيع الاطلاع على الملفات بنفسي، لكن موظفينا يستطيعون. كيف نتابع؟",
            "es": "Gracias, he recibido su archivo. Yo no puedo abrirlo, pero una persona sí. ¿Cómo seguimos?",
        },
        "photo_received": {
            "en": "Thank you, I have received your photo. I cannot see pictures myself; a person can. How shall we go on?",
            "ur": "شکریہ، آپ کی تصویر مل گئی ہے۔ میں خود تصویر نہیں دیکھ سکتا، ہمارا نمائندہ دیکھ سکتا ہے۔ آگے کیا کریں؟",
            "ur-Latn": "Shukriya, aap ki tasveer mil gayi hai. Main khud tasveer nahi dekh sakta, hamara numainda dekh sakta hai. Aage kya karein?",
            "ar": "شكرًا، وصلت صورتك. لا أستطيع رؤية الصور بنفسي، لكن موظفينا يستطيعون. كيف نتابع؟",
            "es": "Gracias, he recibido su foto. Yo no puedo verla, pero una persona sí. ¿Cómo seguimos?",
        },
        "voice_received": {
            "en": "Thank you, I have received your voice note. I cannot listen to it myself; a person can. You may also write to me in a few words.",
            "ur": "شکریہ، آپ کا وائس نوٹ مل گیا ہے۔ میں خود اسے نہیں سن سکتا، ہمارا نمائندہ سن سکتا ہے۔ آپ مختصر لکھ بھی سکتے ہیں۔",
            "ur-Latn": "Shukriya, aap ka voice note mil gaya hai. Main khud isay nahi sun sakta, hamara numainda sun sakta hai. Aap mukhtasar likh bhi sakte hain.",
            "ar": "شكرًا، وصلت رسالتك الصوتية. لا أستطيع سماعها بنفسي، لكن موظفينا يستطيعون. ويمكنك أن تكتب لي باختصار.",
            "es": "Gracias, he recibido su nota de voz. Yo no puedo escucharla, pero una persona sí. También puede escribirme.",
        },
        "location_received": {
            "en": "Thank you, I have received your location.",
            "ur": "شکریہ، آپ کی لوکیشن مل گئی ہے۔",
            "ur-Latn": "Shukriya, aap ki location mil gayi hai.",
            "ar": "شكرًا، وصل موقعك.",
            "es": "Gracias, he recibido su ubicación.",
        },
        "contact_received": {
            "en": "Thank you, I have received the contact.",
            "ur": "شکریہ، رابطہ نمبر مل گیا ہے۔",
            "ur-Latn": "Shukriya, contact mil gaya hai.",
            "ar": "شكرًا، وصلت جهة الاتصال.",
            "es": "Gracias, he recibido el contacto.",
        },
        "unknown_received": {
            "en": "Your message has arrived, but I cannot read this kind of message. A person can. How shall we go on?",
            "ur": "آپ کا پیغام مل گیا ہے مگر میں اس قسم کا پیغام نہیں پڑھ سکتا۔ ہمارا نمائندہ دیکھ سکتا ہے۔ آگے کیا کریں؟",
            "ur-Latn": "Aap ka paigham mil gaya hai magar main is qisam ka paigham nahi parh sakta. Hamara numainda dekh sakta hai. Aage kya karein?",
            "ar": "وصلت رسالتك، لكني لا أستطيع قراءة هذا النوع. موظفونا يستطيعون. كيف نتابع؟",
            "es": "Su mensaje ha llegado, pero no puedo leer este tipo de mensaje. Una persona sí. ¿Cómo seguimos?",
        },
        "opted_out_told": {
            "en": "You will get no more messages from {business} here. Write *START* to change your mind.",
            "ur": "اب آپ کو یہاں {business} کے پیغامات نہیں آئیں گے۔ دوبارہ شروع کرنے کے لیے *START* لکھیں۔",
            "ur-Latn": "Ab aap ko yahan {business} ke paighamat nahi aayein ge. Dobara shuru karne ke liye *START* likhein.",
            "ar": "لن تصلك رسائل أخرى من {business} هنا. اكتب *START* للعودة.",
            "es": "Ya no recibirá mensajes de {business} aquí. Escriba *START* si cambia de idea.",
        },
        "opted_in_told": {
            "en": "Welcome back! You will get our answers here again.",
            "ur": "خوش آمدید! اب آپ کو یہاں دوبارہ ہمارے جوابات ملیں گے۔",
            "ur-Latn": "Khush aamdeed! Ab aap ko yahan dobara hamare jawabat milein ge.",
            "ar": "أهلًا بعودتك! ستصلك إجاباتنا هنا مجددًا.",
            "es": "¡Bienvenido de nuevo! Volverá a recibir nuestras respuestas aquí.",
        },
        "subscribed_told": {
            "en": "Thank you! You will hear from {business} here. Write *STOP* at any time to end that.",
            "ur": "شکریہ! اب آپ کو یہاں {business} کی خبریں ملیں گی۔ ختم کرنے کے لیے کبھی بھی *STOP* لکھیں۔",
            "ur-Latn": "Shukriya! Ab aap ko yahan {business} ki khabrein milein gi. Khatam karne ke liye kabhi bhi *STOP* likhein.",
            "ar": "شكرًا! ستصلك أخبار {business} هنا. اكتب *STOP* في أي وقت لإيقافها.",
            "es": "¡Gracias! Recibirá aquí noticias de {business}. Escriba *STOP* cuando quiera dejar de recibirlas.",
        },
        "loop_told": {
            "en": "We seem to be going round in circles, so I have asked a colleague to look at this chat. I will be quiet until they answer.",
            "ur": "لگتا ہے ہماری بات آگے نہیں بڑھ رہی، اس لیے میں نے اپنے ساتھی سے یہ گفتگو دیکھنے کو کہا ہے۔ ان کے جواب تک میں خاموش رہوں گا۔",
            "ur-Latn": "Lagta hai hamari baat aage nahi barh rahi, is liye main ne apne saathi se yeh chat dekhne ko kaha hai. Un ke jawab tak main khamosh rahoon ga.",
            "ar": "يبدو أننا ندور في حلقة، لذلك طلبت من أحد الزملاء الاطلاع على هذه المحادثة. لن أكتب شيئًا حتى يجيبك.",
            "es": "Parece que damos vueltas a lo mismo, así que he pedido a un compañero que mire este chat. No escribiré más hasta que responda.",
        },
        "call_greeting": {
            "en": "Thank you for calling {business}. Please write to us on WhatsApp at this number, and we will answer you there.",
            "ur": "{business} کو کال کرنے کا شکریہ۔ براہ کرم اسی نمبر پر ہمیں واٹس ایپ کریں، ہم وہاں آپ کو جواب دیں گے۔",
            "ur-Latn": "{business} ko call karne ka shukriya. Meharbani karke isi number par hamein WhatsApp karein, hum wahan aap ko jawab dein ge.",
            "ar": "شكرًا لاتصالك بـ {business}. يرجى مراسلتنا على واتساب على هذا الرقم وسنجيبك هناك.",
            "es": "Gracias por llamar a {business}. Escríbanos por WhatsApp a este número y le responderemos allí.",
        },
    }
    | FLOW_SENTENCES
    | CARE_SENTENCES
    | DESK_SENTENCES
)
"""Key → language → sentence; ``{business}`` stands for the business's name. Every key has English, Urdu and Roman Urdu."""
