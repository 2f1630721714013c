"""The year, one interaction after the other."""

import random

from .clients import BY_KEY, CLIENTS
from .days import Month, Week
from .deals import LEADS, LOST, NEW, WON, contact_of, owner
from .talk import (
    ANSWERS,
    ATTEMPTS,
    DISCOUNTS,
    ENDS,
    FIRST_TOUCH,
    IN,
    INQUIRIES,
    OFFERS,
    OUT,
    SERVICE,
    SMALL_TALK,
    WRITTEN,
)
from .xml_file import QUIETLY, File, Ref, ref_or_none


class History:
    """The year, one interaction after the other."""

    def __init__(self, out):
        self.out = out
        self.random = random.Random("oak & light")
        self.numbers = {}
        # The moment of the last contact, by client.
        self.last = {}

    def pick(self, choices):
        # random.random() is the same in every version of Python; choice() is not.
        return choices[int(self.random.random() * len(choices))]

    def log(self, key, moment, user, channel, direction, **values):
        self.numbers[key] = self.numbers.get(key, 0) + 1
        last = self.last.get(key, moment)
        if values.get("outcome") != "no_answer" and moment.order >= last.order:
            self.last[key] = moment
        xmlid = f"interaction_{key}_{self.numbers[key]}"
        for name in ("purpose", "outcome"):
            value = values.pop(name, "")
            values[f"{name}_id"] = Ref(f"{name}_{value}") if value else None
        if "lead_id" not in values:
            values["team_id"] = Ref("crm_team_oak_light")
        self.out.record(
            xmlid,
            "crm.interaction",
            date=moment,
            user_id=Ref(f"user_{user}"),
            channel=channel,
            direction=direction,
            origin_key=f"demo:{key}:{self.numbers[key]}",
            **values,
        )

    def deal(self, lead):
        """An inquiry, our answer, an offer, and how it ended."""
        key, user = lead.key, owner(lead)
        about = {"lead_id": Ref(lead.xmlid), "partner_id": ref_or_none(contact_of(lead))}
        channel, answer = self.pick(FIRST_TOUCH[lead.source])
        self.log(
            key,
            lead.came,
            user,
            channel,
            IN,
            **about,
            subject=lead.name,
            purpose="inquiry",
            summary=self.pick(INQUIRIES).format(item=lead.name.lower()),
            needs_reply=True if channel in WRITTEN and lead.client else None,
        )
        if lead.stage == NEW and channel not in WRITTEN:
            return
        reply = lead.came._replace(hour=15, minute=self.pick(range(0, 60, 5)))
        self.log(
            key,
            reply,
            user,
            answer,
            OUT,
            **about,
            subject=lead.name,
            purpose="inquiry",
            summary=self.pick(ANSWERS),
        )
        offered = f"{lead.name}, {lead.value:,}{self.pick(DISCOUNTS)}"
        if middle := self._between(lead):
            channel, note, hours = self.pick(OFFERS)
            self.log(
                key,
                middle,
                user,
                channel,
                OUT,
                **about,
                subject=lead.name,
                purpose="quotation",
                offered=offered,
                outcome="think",
                summary=note,
                duration=hours or None,
            )
        if lead.closed:
            channel = "visit" if lead.source == "banner" else "phone"
            note = ENDS[LOST][lead.reason] if lead.stage == LOST else self.pick(ENDS[WON])
            self.log(
                key,
                lead.closed,
                user,
                channel,
                OUT,
                **about,
                subject=lead.name,
                purpose="order",
                offered=offered,
                outcome="agreed" if lead.stage == WON else "refused",
                summary=note,
            )

    def _between(self, lead):
        if isinstance(lead.came, Month):
            return None if lead.stage == NEW else lead.came._replace(hour=17)
        end = lead.closed.ago if lead.closed else 1
        client = BY_KEY.get(lead.client)
        if not lead.closed and client:
            end = max(client.last - 1, 0)
        if lead.came.ago - end < 2 or lead.stage == NEW:
            return None
        middle = (lead.came.ago + end + 1) // 2
        return Week(middle, self.pick(range(5)), 9 + middle % 6, self.pick(range(0, 60, 5)))

    def small_talk(self, client):
        """What happens between the deals, until the week of the last contact."""
        busy = set()
        for lead in LEADS:
            if lead.client == client.key and isinstance(lead.came, Week):
                end = lead.closed.ago if lead.closed else client.last
                busy.update(range(end, lead.came.ago + 1))
        first = max((week for week in busy), default=0)
        week = min(first, 52)
        while week >= client.last:
            if week not in busy:
                self._one_contact(client, week)
            week -= max(1, self._rhythm(client) + int(self.random.random() * 3) - 1)
        if client.last not in busy:
            self._one_contact(client, client.last, sure=True)

    def _rhythm(self, client):
        return {"key": 2, "regular": 4, "customer": 6, "prospect": 2}.get(client.status, 7)

    def _one_contact(self, client, week, sure=False):
        minute = self.pick(range(0, 60, 5))
        moment = Week(week, self.pick(range(5)), self.pick(range(8, 15)), minute)
        person = {"partner_id": Ref(self.pick(client.contacts))}
        fate = self.random.random()
        if fate < 0.14 and not sure:
            self.log(
                client.key,
                moment,
                client.user,
                "phone",
                OUT,
                **person,
                subject=self.pick(ATTEMPTS),
                purpose="follow_up",
                outcome="no_answer",
            )
        elif fate < 0.34 and client.status not in ("cold", "prospect"):
            channel, subject, note, answer, reply, outcome = self.pick(SERVICE)
            self.log(
                client.key,
                moment,
                client.user,
                channel,
                IN,
                **person,
                subject=subject,
                purpose="service",
                summary=note,
                needs_reply=True,
            )
            hours = 1 + int(self.random.random() * 3)
            self.log(
                client.key,
                moment._replace(hour=moment.hour + hours),
                client.user,
                answer,
                OUT,
                **person,
                subject=subject,
                purpose="service",
                summary=reply,
                outcome=outcome,
            )
        else:
            channel, direction, purpose, outcome, subject, note = self.pick(SMALL_TALK)
            self.log(
                client.key,
                moment,
                client.user,
                channel,
                direction,
                **person,
                subject=subject,
                purpose=purpose,
                summary=note,
                outcome=outcome,
            )


def write_history():
    history = History(File("crm_interaction_demo.xml", QUIETLY))
    for lead in LEADS:
        history.deal(lead)
    for client in CLIENTS:
        history.small_talk(client)
    history.out.write()
    return history.last
