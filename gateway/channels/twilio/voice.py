"""A call plan as TwiML: the only words that Twilio's voice understands."""

from twilio.twiml.voice_response import VoiceResponse

from gateway.core.calls import CallPlan, HangUp

SAY_MAX = 4000
"""Twilio reads at most 4,096 characters."""


def render(plan: CallPlan) -> str:
    """The TwiML document of ``plan``."""
    response = VoiceResponse()
    for step in plan.steps:
        if isinstance(step, HangUp):
            response.hangup()
        else:
            response.say(step.text[:SAY_MAX], language=step.language)
    return str(response)
