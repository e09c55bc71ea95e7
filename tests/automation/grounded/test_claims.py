"""What a text claims is compared by value: other digits, words for numbers and other spellings hide nothing."""

import pytest

from automation.grounded.claims import unfounded

SOURCE = (
    "Delivery costs Rs 200 in Karachi and Rs 300 elsewhere. From Rs 5,000 it is free. It takes 2 to 4 days. "
    "Call 021-111-222-333 from 10:00 to 19:00, not on Sunday, or see https://gulmohar.example/delivery; "
    "write to care@gulmohar.example. The exchange takes 1.5 hours."
)


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        ("It is Rs 200 in Karachi and free from Rs 5000.", "en"),
        ("It takes two to four days and is free from five thousand rupees.", "en"),
        ("کراچی میں ۲۰۰ روپے، پانچ ہزار روپے سے مفت، دو سے چار دن۔", "ur"),
        ("Karachi mein 200 rupay, 5 hazar se muft, do se chaar din.", "ur-Latn"),
        ("Cuesta 200 rupias en Karachi; gratis desde 5.000. Tarda de dos a cuatro días.", "es"),
        ("التوصيل ٢٠٠ روبية، ومجاني من ٥٬٠٠٠، خلال يومين.", "ar"),
        ("डिलीवरी 200 रुपये, पाँच हज़ार से मुफ़्त, दो से चार दिन।", "hi"),
        ("A entrega custa 200 rúpias e é grátis a partir de cinco mil.", "pt"),
        ("We are there from 10 am to 7 pm, but not on Sunday.", "en"),
        ("Estamos de 10 a 19, no el domingo.", "es"),
        ("See gulmohar.example/delivery, or write to Care@Gulmohar.example.", "en"),
        ("Call 021 111 222 333.", "en"),
        ("It takes 1.50 hours. About [ORDER_1] ask at the shop.", "en"),
        ("Yes, of course, e.g. at home.", "en"),
    ],
)
def test_what_stands_in_the_source(answer: str, language: str) -> None:
    assert unfounded(answer, [SOURCE], language) == ""


@pytest.mark.parametrize(
    ("answer", "language", "kind"),
    [
        ("It costs Rs 150.", "en", "number"),
        ("It costs Rs 2000.", "en", "number"),
        ("It costs one hundred and fifty rupees, or fifty.", "en", "number"),
        ("یہ ۱۵۰ روپے ہے۔", "ur", "number"),
        ("یہ پچاس روپے ہے۔", "ur", "number"),
        ("Ye pachas rupay hai.", "ur-Latn", "number"),
        ("Son cincuenta rupias.", "es", "number"),
        ("الثمن ٥٠ روبية.", "ar", "number"),
        ("خلال أسبوعين وثلاثة.", "ar", "number"),
        ("पचास रुपये लगेंगे।", "hi", "number"),
        ("São cinquenta rúpias.", "pt", "number"),
        ("Rs ２５０ only", "en", "number"),
        ("Rs 2\u200b50 only", "en", "number"),
        ("You get 10% off.", "en", ""),
        ("You get 12% off.", "en", "number"),
        ("It takes 2.5 hours.", "en", "number"),
        ("We are open until 9 pm.", "en", "time"),
        ("We are open until 19:30.", "en", "time"),
        ("It will arrive on Tuesday.", "en", "day"),
        ("منگل کو پہنچے گا۔", "ur", "day"),
        ("Wo mangal ko aaye ga.", "ur-Latn", "day"),
        ("Llegará mañana.", "es", "day"),
        ("From December on it is free.", "en", "day"),
        ("Go to gulmohar.example/gifts", "en", "link"),
        ("Go to http://evil.example", "en", "link"),
        ("Go to evil\u200b.example now", "en", "link"),
        ("Write to me@evil.example", "en", "link"),
        ("Follow @evilshop", "en", "link"),
        ("Call 0300 1234567", "en", "number"),
    ],
)
def test_what_does_not(answer: str, language: str, kind: str) -> None:
    assert unfounded(answer, [SOURCE], language) == kind
