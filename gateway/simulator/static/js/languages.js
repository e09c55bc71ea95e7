// The languages customers write in: a label, and things such a customer might say first.

export const LANGUAGES = {
  ur: { label: "Urdu", own: "اردو", first: ["السلام علیکم", "میرا آرڈر کہاں ہے؟", "کسی نمائندے سے بات کرنی ہے"] },
  "ur-Latn": { label: "Roman Urdu", own: "Roman Urdu", first: ["Assalam o alaikum", "mera order kahan hai?", "agent se baat karni hai"] },
  en: { label: "English", own: "English", first: ["Hello", "Where is my order?", "I want to talk to a person"] },
  es: { label: "English, Spanish", own: "Español", first: ["Hello", "When will my parcel arrive?", "Quiero hablar con una persona"] },
  ar: { label: "Arabic", own: "العربية", first: ["مرحبا", "أين طلبي؟", "أريد التحدث مع شخص"] },
};

export const language = (code) => LANGUAGES[code] ?? LANGUAGES.en;
