"""The config that runs: the newest published version, compiled once per process and version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from automation.brake import Limits
from automation.classify import NO_TOPICS, Topics
from automation.consent import ConsentWords, consent_words
from automation.faq.feedback import Mode
from automation.faq.model import REFIT_LABELS, Matching
from automation.flows.library import Library
from automation.manners import USUAL, Manners
from automation.scheduling.hours import Both, Calendar, Opening
from automation.scheduling.quiet import Quiet
from automation.texts import Sentences
from gateway.core.business import Business
from gateway.core.crm import CrmSettings
from gateway.core.language_model import LanguageModel
from gateway.core.own_services import Service
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Templates


@dataclass(frozen=True, slots=True)
class RunningConfig:
    """A published version, compiled."""

    version: int
    business: Business
    flows: Library
    faq: Matching
    texts: Sentences
    sending: SendingRules = field(default_factory=SendingRules)
    quiet: Quiet | None = None
    """Hours of the contact's in which we begin nothing."""
    templates: Templates = field(default_factory=Templates)
    hours: Mapping[str, Calendar] = field(default_factory=dict)
    """Opening hours by their name in ``care.yaml``."""
    consent: ConsentWords = field(default_factory=consent_words)
    brake: Limits = field(default_factory=Limits)
    manners: Manners = USUAL
    topics: Topics = NO_TOPICS
    services: Sequence[Service] = ()
    """The business's own, which flows may call."""
    crm: CrmSettings = field(default_factory=CrmSettings)
    """Which CRM is asked, and on what terms."""
    feedback: str = Mode.OFF
    """When customers are asked whether an answer helped."""
    refit_labels: int = REFIT_LABELS
    """So many new labels set the thresholds anew; 0: never."""
    language_model: LanguageModel | None = None
    """Asked between the thresholds, where there is one."""

    def people(self, queue_id: str | None, channel_id: str) -> Opening | None:
        """When people of a queue answer on a channel; None: at any hour."""
        queue, channel = self.business.queue(queue_id), self.business.channel(channel_id)
        names = (queue.hours if queue else None, channel.hours if channel else None)
        found = [self.hours[name] for name in names if name and name in self.hours]
        return None if not found else found[0] if len(found) == 1 else Both(*found)
