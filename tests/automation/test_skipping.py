"""Who has not got what is asked for may say so in their own words."""

import pytest

from automation.flows.skipping import lacks

HAVE_NOT = """
I don't have a number
I dont have it
i do not have the order number
Sorry, I don't have that with me
I can't find it
I don't remember my order number
don't know
no idea
no number
no photo
I lost it
I have no order number
I deleted the email
mere paas number nahi hai
number nahi hai
mujhe order number yaad nahi
order number pata nahi
tasveer nahi hai
photo nahi
nahi pata
nahi yaad
میرے پاس نمبر نہیں ہے
مجھے معلوم نہیں
آرڈر نمبر یاد نہیں
تصویر نہیں ہے
no lo tengo
No tengo el número de pedido
no me acuerdo
no sé
no recuerdo el número
lo perdí
ليس لدي رقم الطلب
لا أعرف
não tenho o número
मेरे पास नंबर नहीं है
"""
SOMETHING_ELSE = """
no
nahi
نہیں
G204171
I don't have G204171 but G204172
I have not received my order
mera order nahi aaya
mujhe order nahi mila kal se
where is my order
I do not want it any more
no quiero nada
no me gusta
I don't know why it is late
میرا آرڈر نہیں آیا
no llegó mi pedido
not happy with this
I know
number 5
"""


@pytest.mark.parametrize("text", HAVE_NOT.strip().splitlines())
def test_they_have_not_got_it(text: str) -> None:
    assert lacks(text)


@pytest.mark.parametrize("text", SOMETHING_ELSE.strip().splitlines())
def test_they_mean_something_else(text: str) -> None:
    assert not lacks(text)
