"""Taking the steps of a story with a program, from what the performer would ask for."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from flask import Flask

from coi.client import Client, Problem, version_tag
from coi.demo.cast import PASSWORD
from coi.demo.performer import Performer, Wish
from coi.services.attempt import TakeAction
from coi.services.forms import is_at_the_patient
from coi.services.ordering import NewOrder
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.therapies import TherapyView, look
from tests.coi.api.taking import body_of
from workflows.facts import Mode

URL = "http://coi.example"
MOST_SCREENS = 60
_NO_WISH = Wish()


@dataclass(slots=True)
class AtTheInterface(Performer):
    """The performer, who takes every step as a program does, with everybody's own session."""

    app: Flask = field(kw_only=True)

    def person(self, username: str) -> Client:
        """The client of somebody who has just signed in."""
        transport = httpx.WSGITransport(app=self.app)
        return Client.signed_in(URL, username, PASSWORD, transport=transport)

    def place(self, order: NewOrder, by: JustProven) -> str:
        """Place an order; whoever looks alike is looked at, and confirmed to be another one."""
        told: Any = {
            "workflow": order.workflow,
            "unit": order.unit,
            "patient": {**order.identity},
            "values": {name: text for name, text in order.values.items() if text},
        }
        orders = self.person(by.username)
        try:
            return orders.place_order(told, key=order.key)["coi"]
        except Problem as asked:
            told["confirmed"] = asked.told["found"]["token"]
        return orders.place_order(told, key=order.key)["coi"]

    def do(
        self, coi: str, name: str, wish: Wish = _NO_WISH, view: TherapyView | None = None
    ) -> Receipt:
        """Take the action as its people do, each with a program of their own."""
        before = view or look(self.installation, coi)
        wanted, actor, signers = self.request(coi, name, wish, before)
        self.before_release(name, wish, before, actor)
        if wanted.mode is Mode.ASK and is_at_the_patient(before.workflow.actions[name]):
            verdict = self.walk(wanted, signers)
            assert verdict["kind"] == "right", f"{name}: {verdict}"
        else:
            self.send(wanted, actor, signers)
        after = look(self.installation, coi)
        newest = after.history[-1]
        for band in newest.content.get("wristbands", ()):
            self.wristbands[after.therapy.patient] = str(band["serial"])
        return Receipt(coi, newest.seq, newest.hash, name)

    def send(self, wanted: TakeAction, actor: JustProven, signers: tuple[Signer, ...]) -> None:
        """Take a step by one request, signed with the grant of each signer."""
        at_work = self.person(actor.username)
        signatures = [self.person(one.username).sign(one.meaning, PASSWORD) for one in signers]
        told: Any = body_of(wanted)
        if wanted.mode is Mode.ASK:
            form = at_work.show_step(wanted.coi, wanted.action, unit=wanted.unit)
            at_work.take_step(
                wanted.coi,
                wanted.action,
                told,
                key=wanted.key,
                seen=form.tag,
                signatures=signatures,
            )
            return
        told["happened_at"] = wanted.happened_at.isoformat() if wanted.happened_at else ""
        told["stated"] = [
            {"username": one.username, "identifiers": {**one.identifiers}, "source": one.source}
            for one in wanted.stated
        ]
        at_work.tell_late(wanted.coi, wanted.action, told, key=wanted.key, signatures=signatures)

    def walk(self, wanted: TakeAction, signers: tuple[Signer, ...]) -> Any:
        """Take a step screen by screen, each of two alone; returns how it ended."""
        first = self.person(signers[0].username)
        told: Any = {"coi": wanted.coi, "action": wanted.action, "unit": wanted.unit}
        errand = AtScreens(first, wanted, signers[0]).go_through(first.begin_errand(told))
        if errand["standing"] == "waiting":
            second = self.person(signers[1].username)
            begun = second.take_up_errand(errand["id"])
            errand = AtScreens(second, wanted, signers[1]).go_through(begun)
        return errand["verdict"]


@dataclass(frozen=True, slots=True)
class AtScreens:
    """One person of a step, with what they scan, hear and type on its screens."""

    client: Client
    wanted: TakeAction
    signer: Signer

    def go_through(self, errand: Any) -> Any:
        """Answer every screen until there is none."""
        for _ in range(MOST_SCREENS):
            if errand["standing"] != "in_hand":
                return errand
            errand = self.answer(errand)
        raise AssertionError("the screens have no end")

    def answer(self, errand: Any) -> Any:
        """Answer the present screen."""
        screen, where = errand["screen"], (errand["id"], version_tag(errand["version"]))
        if screen["asks"] == "sign":
            body: Any = {"version": errand["version"]}
            signature = self.client.sign(screen["signatures"][0]["meaning"], PASSWORD)
            return self.client.sign_errand(errand["id"], body, signatures=[signature])
        codes = self.codes(screen)
        if codes:
            body = {"raw": codes[0], "how": "scanned", "device": "scanner-1"}
            return self.client.scan_for_errand(where[0], body, seen=where[1])
        return self.client.answer_errand(where[0], self.told(screen), seen=where[1])

    def codes(self, screen: Any) -> list[str]:
        """What is still to be scanned on a screen."""
        every = [one.raw for one in self.wanted.codes]
        if screen["asks"] == "order":
            return [self.wanted.coi]
        if screen["asks"] == "wristband":
            return [one for one in every if one.startswith("W-")]
        if screen["asks"] != "things":
            return []
        things = [one for one in every if one != self.wanted.coi and not one.startswith("W-")]
        return things[len(screen["read"]) :]

    def told(self, screen: Any) -> Any:
        """What is answered to any other screen."""
        wanted, asks, name = self.wanted, screen["asks"], screen["name"]
        if asks == "said":
            heard = (one for one in wanted.stated if one.username == self.signer.username)
            return {"said": {**next(heard).identifiers}, "source": "patient"}
        if asks == "count":
            born = Counter(new.machine for new in wanted.births)
            return {"value": str(born[name.removeprefix("count-")])}
        if asks == "field":
            return {"value": wanted.values.get(screen["field"]["name"], "")}
        if asks == "named":
            return {"named": [*wanted.named]}
        return {"value": wanted.consignee} if asks == "consignee" else {"done": True}
