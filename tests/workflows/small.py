"""A small definition that is right in everything; a test changes one thing of it."""

from workflows.guards import GUARDS, Guard

SMALL = """\
workflow: small
version: 2
title: A small therapy
product: {thaw_window_minutes: 60, loss_percent: 2.5}
machines:
  therapy:
    kind: therapy
    title: Therapy
    states:
      ordered: {phase: order}
      handed_over: {phase: end, final: true}
  bag:
    kind: container
    title: Bag
    labelled: true
    states:
      filled: {phase: collection}
      checked: {phase: infusion, title: checked at the bedside}
      infused: {phase: infusion, final: true}
      lost: {phase: gone, final: true}
  parcel:
    kind: shipment
    title: Parcel
    labelled: true
    states:
      packed: {phase: transport}
      unpacked: {phase: transport, final: true}
  exception:
    kind: exception
    title: Exception
    states: {open: {phase: open}, closed: {phase: closed, final: true}}
  dispensation:
    kind: dispensation
    title: Dispensation
    states: {granted: {phase: open}, used: {phase: closed, final: true}}
dispensable:
  bag_is_fresh: [doctor]
tests:
  viability: {title: Viability, method: flow cytometry, unit: '%', low: 70}
  sterility: {title: Sterility, method: culture, choices: [no growth, growth], passes: [no growth]}
actions:
  order:
    title: Order
    verb: order
    who: [doctor@hospital]
    moves:
      - {machine: therapy, to: ordered}
    fields:
      weight_kg: {title: Weight, kind: decimal, unit: kg, low: 2.5, high: 400}
  collect:
    title: Collect
    verb: collect
    who: [nurse@hospital]
    moves:
      - {machine: bag, to: filled, custody: creates, patient: true, parents: [therapy]}
      - {machine: therapy, from: [ordered]}
    signatures: [performed by nurse, verified by nurse or doctor]
    signatures_in:
      'NO': [performed by nurse]
    prints: [bag-label]
    undated: The patient comes on an agreed day
  pack:
    title: Pack
    verb: pack
    who: [nurse]
    moves:
      - {machine: parcel, to: packed, custody: creates, parents: [bag]}
      - {machine: bag, from: [filled], pick: scanned, custody: keeps}
    undated: Nobody waits for it here
  send:
    title: Hand over
    verb: release_custody
    who: [nurse, courier]
    moves:
      - {machine: parcel, from: [packed], pick: scanned, custody: releases}
      - {machine: bag, from: [filled], pick: contents, custody: releases}
    signatures: [released by nurse or courier]
    undated: Nobody waits for it here
  receive:
    title: Accept
    verb: accept
    who: [nurse, courier]
    moves:
      - {machine: parcel, from: [packed], pick: scanned, custody: accepts, while_stopped: true}
      - {machine: bag, from: [filled], pick: contents, custody: accepts, while_stopped: true}
    undated: Nobody waits for it here
  take_back:
    title: Take back
    verb: take_back
    who: [nurse, courier]
    moves:
      - {machine: parcel, from: [packed], pick: scanned, custody: takes_back}
      - {machine: bag, from: [filled], pick: contents, custody: takes_back}
    undated: Nobody waits for it here
  unpack:
    title: Unpack
    verb: unpack
    who: [nurse]
    guards: [whole_contents_are_scanned]
    moves:
      - {machine: bag, pick: scanned, from: [filled], custody: keeps}
      - machine: parcel
        from: [packed]
        to: unpacked
        pick: scanned
        custody: ends
        ends_as: unpacked
    undated: Nobody waits for it here
  check:
    title: Check at the bedside
    verb: check
    who: [nurse]
    moves:
      - {machine: bag, from: [filled], to: checked, pick: scanned, custody: keeps, patient: true}
      - {machine: bag, from: [checked], pick: scanned, custody: keeps, patient: true}
    signatures: [checked by nurse, checked independently by nurse or doctor]
    undated: Nobody waits for it here
  infuse:
    title: Infuse
    verb: administer
    who: [nurse@hospital]
    moves:
      - {machine: bag, from: [checked], to: infused, pick: scanned, custody: ends, patient: true}
    guards:
      - bag_is_fresh
      - signer_took_no_part: {meaning: administered, earlier: [collect, pack]}
    signatures: [administered by nurse]
    due_hours: 1
  report_lost:
    title: Report lost
    verb: lose
    who: ['*']
    moves:
      - machine: bag
        from: [filled, checked]
        to: lost
        pick: named
        custody: loses
        ends_as: lost
        while_stopped: true
    fields:
      account: {title: What is known, kind: text, on: '*', confidential: true, required: false}
  note:
    title: Note something late
    verb: record
    who: [nurse]
    moves:
      - {machine: bag, from: [infused, lost], pick: named}
    record_only: true
  hand_over:
    title: Hand over to follow-up
    verb: decide
    who: [doctor]
    moves:
      - {machine: therapy, from: [ordered], to: handed_over}
    undated: Nobody waits for it here
  hold:
    title: Hold
    verb: hold
    who: [nurse]
    moves:
      - {machine: exception, to: open, parents: [bag, parcel], while_stopped: true}
      - {machine: bag, from: [filled, checked], pick: named, stop: 1, while_stopped: true}
      - {machine: parcel, from: [packed], pick: named, stop: 1, while_stopped: true}
    signatures: [put on hold by nurse]
  lift:
    title: Lift
    verb: lift
    who: [doctor]
    moves:
      - {machine: exception, from: [open], to: closed, pick: named, while_stopped: true}
      - {machine: bag, from: [filled, checked, lost], pick: origin, stop: -1, while_stopped: true}
      - {machine: parcel, from: [packed], pick: origin, stop: -1, while_stopped: true}
    undated: Nobody waits for it here
  hold_therapy:
    title: Hold the therapy
    verb: hold
    who: [doctor]
    moves:
      - {machine: exception, to: open, parents: [therapy], while_stopped: true}
    chain_stop: 1
  lift_therapy:
    title: Let the therapy go on
    verb: lift
    who: [doctor]
    moves:
      - {machine: exception, from: [open], to: closed, pick: named, while_stopped: true}
    chain_stop: -1
    undated: Nobody waits for it here
  open_exception:
    title: Open an exception
    verb: open_exception
    who: ['*']
    moves:
      - {machine: exception, to: open, parents: [therapy], while_stopped: true}
  grant:
    title: Grant a dispensation
    verb: dispense
    who: [doctor]
    moves:
      - {machine: dispensation, to: granted, parents: [bag]}
      - {machine: bag, from: [checked], pick: named}
    undated: Nobody waits for it here
"""


def edited(old: str, new: str, text: str = SMALL) -> str:
    """The definition with one passage replaced; the passage stands in it exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def bag_is_fresh(case: object) -> None:
    """The bag is fresh."""
    del case


KNOWN = {**GUARDS, "bag_is_fresh": Guard(bag_is_fresh)}
"""The guards that exist, with the one that only the small definition knows."""
