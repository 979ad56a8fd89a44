"""What is sent and answered, as typed dictionaries.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from typing import Any, NotRequired, TypedDict


class AboutPrinter(TypedDict):
    """`AboutPrinter` of the description."""

    name: "str"
    address: "str"
    media_type: "str"
    dpi: "int"
    width_mm: "int"
    height_mm: "int"


class Again(TypedDict):
    """`Again` of the description."""

    again: "NotRequired[WhyAgain | None]"


class Alarm(TypedDict):
    """`Alarm` of the description."""

    id: "str"
    coi: "str"
    therapy: "str"
    kind: "str"
    level: "str"
    title: "str"
    about: "str"
    place: "str"
    owners: "list[str]"
    is_mine: "bool"
    next_step: "str"
    steps: "list[Step]"
    rings_at: "NotRequired[str]"
    went_on_at: "str | None"
    is_recorded: "bool"
    heard_by: "str"
    heard_at: "str | None"


class Alarms(TypedDict):
    """`Alarms` of the description."""

    items: "list[Alarm]"
    next: "str | None"


class AnotherName(TypedDict):
    """`AnotherName` of the description."""

    username: "str"


class AnswerTold(TypedDict):
    """`AnswerTold` of the description."""

    done: "NotRequired[bool]"
    value: "NotRequired[str]"
    named: "NotRequired[list[str]]"
    said: "NotRequired[Identifiers]"
    source: "NotRequired[str]"


class ApprovedTemplate(TypedDict):
    """`ApprovedTemplate` of the description."""

    sha256: "str"


class AskedSignature(TypedDict):
    """`AskedSignature` of the description."""

    meaning: "str"
    roles: "list[str]"


class Badge(TypedDict):
    """`Badge` of the description."""

    serial: "str"
    name: "str"
    role: "str"
    place: "str"
    is_worn: "bool"


class BadgeStruckOff(TypedDict):
    """`BadgeStruckOff` of the description."""

    why: "str"


class Because(TypedDict):
    """`Because` of the description."""

    why: "NotRequired[str]"


class Beginning(TypedDict):
    """`Beginning` of the description."""

    coi: "str"
    action: "str"
    unit: "str"


class BeginningLabelBatch(TypedDict):
    """`BeginningLabelBatch` of the description."""

    printer: "str"
    labels: "list[str]"


class Bench(TypedDict):
    """`Bench` of the description."""

    serial: "str"
    name: "str"
    unit: "str"
    holds: "str"
    since: "str"


class Benches(TypedDict):
    """`Benches` of the description."""

    items: "list[Bench]"


class Birth(TypedDict):
    """`Birth` of the description."""

    sort: "str"
    values: "NotRequired[dict[str, str]]"


class Blank(TypedDict):
    """`Blank` of the description."""

    name: "str"
    title: "str"
    kind: "str"
    unit: "str"
    low: "str | None"
    high: "str | None"
    choices: "list[str]"
    accept: "list[str]"
    required: "bool"
    on: "str"


class Calibrated(TypedDict):
    """`Calibrated` of the description."""

    why: "NotRequired[str]"
    calibrated_until: "str"
    certificate: "str"


class Change(TypedDict):
    """`Change` of the description."""

    thing: "str"
    what: "str"
    old: "str"
    new: "str"
    why: "str"


class ChangedPrinter(TypedDict):
    """`ChangedPrinter` of the description."""

    why: "NotRequired[str]"
    name: "str"
    address: "str"
    media_type: "str"
    dpi: "int"
    width_mm: "int"
    height_mm: "int"


class ClearedBench(TypedDict):
    """`ClearedBench` of the description."""

    holds: "str"


class ClearedLine(TypedDict):
    """`ClearedLine` of the description."""

    holds: "str"


class ClockStep(TypedDict):
    """`ClockStep` of the description."""

    recorded_at: "str"
    server: "str"
    seconds: "float"


class Code(TypedDict):
    """`Code` of the description."""

    raw: "str"
    how: "NotRequired[str]"
    device: "NotRequired[str]"


class CodeTable(TypedDict):
    """`CodeTable` of the description."""

    name: "str"
    codes: "int"
    signed_by: "str"
    at: "str"


class Concerned(TypedDict):
    """`Concerned` of the description."""

    items: "list[ConcernedTherapy]"


class ConcernedTherapy(TypedDict):
    """`ConcernedTherapy` of the description."""

    coi: "str"
    title: "str"
    state: "str"
    on_its_way: "list[str]"
    stops: "int"
    held_by: "list[str]"


class Copy(TypedDict):
    """`Copy` of the description."""

    copy: "int"
    at: "str"
    by: "str"
    unit: "str"


class Credentials(TypedDict):
    """`Credentials` of the description."""

    username: "str"
    password: "str"
    code: "NotRequired[str]"


class Criteria(TypedDict):
    """`Criteria` of the description."""

    items: "list[Criterion]"


class Criterion(TypedDict):
    """`Criterion` of the description."""

    name: "str"
    title: "str"


class Device(TypedDict):
    """`Device` of the description."""

    id: "str"
    name: "str"
    unit: "str"
    since: "str"


class Devices(TypedDict):
    """`Devices` of the description."""

    items: "list[Device]"


class DialectTurn(TypedDict):
    """`DialectTurn` of the description."""

    dialect: "str"
    holds: "bool"
    licence: "str"
    signed_by: "str"
    at: "str"


class Dialects(TypedDict):
    """`Dialects` of the description."""

    items: "list[SiteDialects]"


class Difference(TypedDict):
    """`Difference` of the description."""

    about: "str"
    how: "str"
    lines: "list[str]"
    ahead: "bool"


class Differs(TypedDict):
    """`Differs` of the description."""

    differs: "bool"


class DoubtSigned(TypedDict):
    """`DoubtSigned` of the description."""

    why: "str"


class Drill(TypedDict):
    """`Drill` of the description."""

    at: "str"
    passed: "bool"


class Entries(TypedDict):
    """`Entries` of the description."""

    items: "list[Entry]"
    next: "str | None"


class Entry(TypedDict):
    """`Entry` of the description."""

    seq: "int"
    hash: "str"
    kind: "str"
    action: "str"
    title: "str"
    actor: "str"
    actor_name: "str"
    role: "str"
    unit: "str"
    happened_at: "NotRequired[str]"
    recorded_at: "NotRequired[str]"
    signatures: "list[Signature]"
    refusals: "list[Reason]"
    content: "dict[str, Any]"


class Equipment(TypedDict):
    """`Equipment` of the description."""

    unit: "str"
    number: "str"
    kind: "str"
    name: "str"
    maker_serial: "str"
    calibrated_until: "str"
    certificate: "str"
    serial: "str"
    standing: "str"


class Errand(TypedDict):
    """`Errand` of the description."""

    id: "str"
    coi: "str"
    action: "str"
    title: "str"
    unit: "str"
    version: "int"
    standing: "str"
    screen: "Screen | None"
    reasons: "list[Why]"
    judgement: "str"
    verdict: "Verdict | None"
    parked: "list[str]"
    offer: "Offer | None"


class Errands(TypedDict):
    """`Errands` of the description."""

    items: "list[UnderWay]"


class EveryEquipment(TypedDict):
    """`EveryEquipment` of the description."""

    items: "list[Equipment]"


class Exceptions(TypedDict):
    """`Exceptions` of the description."""

    items: "list[ListedException]"
    next: "str | None"


class FactorsEnded(TypedDict):
    """`FactorsEnded` of the description."""

    why: "str"


class Form(TypedDict):
    """`Form` of the description."""

    action: "str"
    title: "str"
    verb: "str"
    is_guided: "bool"
    is_at_the_patient: "bool"
    roles: "list[str]"
    scans: "list[str]"
    named: "list[Thing]"
    births: "list[str]"
    values: "list[Blank]"
    asks_consignee: "bool"
    asks_who_the_patient_is: "bool"
    signatures: "list[AskedSignature]"
    turns: "dict[str, int]"


class FoundCode(TypedDict):
    """`FoundCode` of the description."""

    raw: "str"
    sort: "str"
    coi: "str"
    thing: "Standing | None"
    actions: "list[Step]"
    cois: "list[str]"
    holds: "str"
    place: "str"
    keeps_cold_hours: "int | None"
    badge: "Badge | None"
    why_not: "str"
    hits: "list[Hit]"


class FoundPatient(TypedDict):
    """`FoundPatient` of the description."""

    kind: "str"
    therapies: "list[str]"
    token: "str"


class GoingOn(TypedDict):
    """`GoingOn` of the description."""

    why: "str"


class Grant(TypedDict):
    """`Grant` of the description."""

    grant: "str"
    lasts_seconds: "int"


class GrantWanted(TypedDict):
    """`GrantWanted` of the description."""

    password: "str"
    code: "NotRequired[str]"
    meaning: "str"
    request_sha256: "str"


class HandedOver(TypedDict):
    """`HandedOver` of the description."""

    version: "int"
    to: "str"
    done: "str"
    remains: "str"


class Happening(TypedDict):
    """`Happening` of the description."""

    at: "str"
    title: "str"
    by: "str"
    detail: "str"


class Head(TypedDict):
    """`Head` of the description."""

    note: "str"
    proof: "list[str]"


class HeadSeen(TypedDict):
    """`HeadSeen` of the description."""

    note: "str"


class Heard(TypedDict):
    """`Heard` of the description."""

    username: "str"
    identifiers: "NotRequired[Identifiers]"
    source: "NotRequired[str]"


class Hearing(TypedDict):
    """`Hearing` of the description."""

    alarm: "str"
    why: "NotRequired[str]"


class Held(TypedDict):
    """`Held` of the description."""

    role: "str"
    unit: "str"


class HeldFile(TypedDict):
    """`HeldFile` of the description."""

    reference: "str"
    media_type: "str"
    bytes: "int"
    sha256: "str"


class Hit(TypedDict):
    """`Hit` of the description."""

    coi: "str"
    subject: "str"
    title: "str"
    state: "str"


class Holding(TypedDict):
    """`Holding` of the description."""

    content: "str"


class Identifiers(TypedDict):
    """`Identifiers` of the description."""

    family_name: "NotRequired[str]"
    given_name: "NotRequired[str]"
    birth_date: "NotRequired[str]"
    sex: "NotRequired[str]"
    medical_record_number: "NotRequired[str]"


class Identity(TypedDict):
    """`Identity` of the description."""

    patient: "Patient"
    therapies_beside: "list[str]"


class IdentityChecked(TypedDict):
    """`IdentityChecked` of the description."""

    how: "str"


class Issued(TypedDict):
    """`Issued` of the description."""

    serial: "str"
    subject: "str"


class KeptBy(TypedDict):
    """`KeptBy` of the description."""

    by: "str"
    at: "str"
    reason: "str"


class KeptTemplate(TypedDict):
    """`KeptTemplate` of the description."""

    name: "str"
    version: "int"
    sha256: "str"


class LabelBatch(TypedDict):
    """`LabelBatch` of the description."""

    id: "str"
    printer: "str"
    printed: "int"
    waiting: "int"
    failed: "int"
    left: "int"
    is_under_way: "bool"
    is_stopped: "bool"
    can_go_on: "bool"
    labels: "list[LabelInBatch]"


class LabelInBatch(TypedDict):
    """`LabelInBatch` of the description."""

    serial: "str"
    therapy: "str"
    state: "str"
    job: "str"
    code: "str"
    sentence: "str"
    next_step: "str"


class LabelLine(TypedDict):
    """`LabelLine` of the description."""

    serial: "str"
    subject: "str"
    issue: "int"
    state: "str"
    is_open: "bool"
    is_on_paper: "bool"
    old_values: "list[str]"
    thing: "str"
    place: "str"
    story: "list[LabelTold]"


class LabelTemplate(TypedDict):
    """`LabelTemplate` of the description."""

    name: "str"
    versions: "list[TemplateVersion]"
    turns: "list[TemplateTurn]"


class LabelTemplates(TypedDict):
    """`LabelTemplates` of the description."""

    items: "list[LabelTemplate]"


class LabelTold(TypedDict):
    """`LabelTold` of the description."""

    entry: "int"
    state: "str"
    at: "str"
    by: "str"
    unit: "str"
    reason: "str"
    pieces: "int"


class Labels(TypedDict):
    """`Labels` of the description."""

    items: "list[LabelLine]"


class LeftOff(TypedDict):
    """`LeftOff` of the description."""

    field: "str"
    code: "str"


class Line(TypedDict):
    """`Line` of the description."""

    coi: "str"
    therapy: "str"
    state: "str"
    held: "str"
    due_at: "str | None"
    due: "list[Step]"
    mine: "list[Step]"
    paper: "str"


class Lines(TypedDict):
    """`Lines` of the description."""

    items: "list[Line]"
    next: "str | None"


ListedException = TypedDict(
    "ListedException",
    {
        "coi": "str",
        "id": "str",
        "therapy": "str",
        "class": "str",
        "class_before": "str",
        "kind": "str",
        "about": "str",
        "since": "NotRequired[str]",
        "due_at": "str | None",
        "owner": "str",
        "next_step": "Step | None",
        "is_mine_to_take": "bool",
    },
)


class Look(TypedDict):
    """`Look` of the description."""

    reason: "str"


class Looks(TypedDict):
    """`Looks` of the description."""

    items: "list[PastLook]"


class Misfit(TypedDict):
    """`Misfit` of the description."""

    where: "str | None"
    line: "int | None"
    reason: "str"


class Move(TypedDict):
    """`Move` of the description."""

    to: "int"
    seen: "int"
    unit: "str"
    reason: "str"


class MovedPrint(TypedDict):
    """`MovedPrint` of the description."""

    printer: "str"


class Named(TypedDict):
    """`Named` of the description."""

    unit: "str"
    name: "str"


class NewBadge(TypedDict):
    """`NewBadge` of the description."""

    role: "str"
    unit: "str"


class NewEquipment(TypedDict):
    """`NewEquipment` of the description."""

    unit: "str"
    number: "str"
    kind: "str"
    name: "str"
    maker_serial: "str"
    calibrated_until: "str"
    certificate: "str"


class NewPassword(TypedDict):
    """`NewPassword` of the description."""

    old: "str"
    code: "NotRequired[str]"
    new: "str"


class NewPerson(TypedDict):
    """`NewPerson` of the description."""

    username: "str"
    printed_name: "str"
    unit: "NotRequired[str]"


class NewPrinter(TypedDict):
    """`NewPrinter` of the description."""

    name: "str"
    address: "str"
    media_type: "str"
    dpi: "int"
    width_mm: "int"
    height_mm: "int"
    unit: "str"


class NewSite(TypedDict):
    """`NewSite` of the description."""

    id: "str"
    kind: "str"
    name: "str"
    country: "str"
    time_zone: "str"


class NewStockTake(TypedDict):
    """`NewStockTake` of the description."""

    unit: "str"
    place: "NotRequired[str]"


class NewUnit(TypedDict):
    """`NewUnit` of the description."""

    id: "str"
    site: "str"
    name: "str"


class NotRecording(TypedDict):
    """`NotRecording` of the description."""

    server: "str"
    since: "str"
    until: "str"


class Offer(TypedDict):
    """`Offer` of the description."""

    by: "str"
    to: "str"
    at: "NotRequired[str]"
    done: "str"
    remains: "str"
    is_mine: "bool"


class OpenSession(TypedDict):
    """`OpenSession` of the description."""

    id: "str"
    unit: "str"
    started_at: "str"
    seen_at: "str"


class Order(TypedDict):
    """`Order` of the description."""

    workflow: "str"
    unit: "str"
    patient: "Patient"
    values: "NotRequired[dict[str, str]]"
    consent_signed_on: "NotRequired[str]"
    confirmed: "NotRequired[str]"


class OrderedWorkflow(TypedDict):
    """`OrderedWorkflow` of the description."""

    name: "str"
    version: "int"
    title: "str"
    values: "list[Blank]"
    units: "list[str]"


class PaginationMetadata(TypedDict):
    """`PaginationMetadata` of the description."""

    total: "NotRequired[int]"
    total_pages: "NotRequired[int]"
    first_page: "NotRequired[int]"
    last_page: "NotRequired[int]"
    page: "NotRequired[int]"
    previous_page: "NotRequired[int]"
    next_page: "NotRequired[int]"


class PastLook(TypedDict):
    """`PastLook` of the description."""

    by: "str"
    reason: "str"
    at: "NotRequired[str]"


class Patient(TypedDict):
    """`Patient` of the description."""

    family_name: "str"
    given_name: "str"
    birth_date: "str"
    sex: "str"
    medical_record_number: "str"


class People(TypedDict):
    """`People` of the description."""

    items: "list[Person]"
    next: "str | None"


class Person(TypedDict):
    """`Person` of the description."""

    username: "str"
    person: "str"
    printed_name: "str"
    active: "bool"
    roles: "list[Held]"


class PersonFile(TypedDict):
    """`PersonFile` of the description."""

    username: "str"
    person: "str"
    printed_name: "str"
    active: "bool"
    roles: "list[Held]"
    usernames: "list[str]"
    locked: "list[str]"
    identity_checked: "bool"
    statement_accepted: "bool"
    trainings: "list[Training]"
    sessions: "list[OpenSession]"
    badge: "WornBadge | None"
    happened: "list[Happening]"


class Place(TypedDict):
    """`Place` of the description."""

    serial: "str"
    name: "str"
    unit: "str"


class Places(TypedDict):
    """`Places` of the description."""

    items: "list[Place]"


class PrintJob(TypedDict):
    """`PrintJob` of the description."""

    id: "str"
    labels: "list[str]"
    therapy: "str"
    state: "str"
    why: "str"
    waits_for_line: "bool"
    waits_for_person: "bool"
    made_at: "str"
    ended_at: "str | None"


class PrintedName(TypedDict):
    """`PrintedName` of the description."""

    why: "NotRequired[str]"
    printed_name: "str"


class PrintedSample(TypedDict):
    """`PrintedSample` of the description."""

    printer: "str"


class PrinterId(TypedDict):
    """`PrinterId` of the description."""

    id: "str"


class Problem(TypedDict):
    """`Problem` of the description."""

    type: "str"
    title: "str"
    status: "int"
    detail: "str"
    code: "str"
    next_step: "str"
    reasons: "NotRequired[list[Reason]]"
    problems: "NotRequired[list[Misfit]]"
    subject: "NotRequired[str]"
    turn: "NotRequired[int]"
    found: "NotRequired[FoundPatient]"
    copies: "NotRequired[list[Copy]]"


class Proposal(TypedDict):
    """`Proposal` of the description."""

    now: "int"
    to: "int"
    seen: "int"
    differences: "list[Difference]"
    outside: "list[str]"
    released: "list[str]"
    obstacles: "list[Why]"
    signatures: "list[AskedSignature]"


class Queue(TypedDict):
    """`Queue` of the description."""

    id: "str"
    unit: "str"
    about: "AboutPrinter"
    line: "str"
    is_sending: "bool"
    jobs: "list[PrintJob]"


class Queues(TypedDict):
    """`Queues` of the description."""

    items: "list[Queue]"


class ReadBackLine(TypedDict):
    """`ReadBackLine` of the description."""

    title: "str"
    text: "str"
    by: "str"


class ReadSymbol(TypedDict):
    """`ReadSymbol` of the description."""

    payload: "str"
    kind: "str"
    text: "str"


class Reason(TypedDict):
    """`Reason` of the description."""

    code: "str"
    guard: "str"
    sentence: "str"
    next_step: "str"


class Receipt(TypedDict):
    """`Receipt` of the description."""

    coi: "str"
    seq: "int"
    hash: "str"
    action: "str"
    born: "list[str]"
    labels: "list[Issued]"
    wristband: "str"
    notices: "list[str]"
    repeated: "bool"


class Receipts(TypedDict):
    """`Receipts` of the description."""

    items: "list[Receipt]"


class Record(TypedDict):
    """`Record` of the description."""

    is_writable: "bool"
    why_not: "str"
    went_on: "list[WentOn]"
    last_drill: "Drill | None"
    began_at: "str"
    findings_since: "str"
    clock_in_doubt: "str"
    clock_steps: "list[ClockStep]"
    not_recording: "list[NotRecording]"
    served: "list[Served]"


class Revision(TypedDict):
    """`Revision` of the description."""

    content: "str"
    unit: "str"
    limits: "str"
    is_outside: "bool"
    entry: "int"
    at: "str"
    by: "str"
    reason: "str"


class Scan(TypedDict):
    """`Scan` of the description."""

    codes: "list[Code]"


class Scanned(TypedDict):
    """`Scanned` of the description."""

    items: "list[FoundCode]"
    of_two_therapies: "bool"
    of_two_patients: "bool"


class ScannedCode(TypedDict):
    """`ScannedCode` of the description."""

    raw: "str"
    how: "NotRequired[str]"
    device: "NotRequired[str]"
    device_time: "NotRequired[str]"


class Screen(TypedDict):
    """`Screen` of the description."""

    name: "str"
    asks: "str"
    title: "str"
    number: "int"
    of: "int"
    unread: "int"
    read: "list[str]"
    field: "Blank | None"
    named: "list[Thing]"
    parties: "list[str]"
    read_back: "list[ReadBackLine]"
    signatures: "list[AskedSignature]"


class Secret(TypedDict):
    """`Secret` of the description."""

    username: "str"
    secret: "str"


class SendingBadge(TypedDict):
    """`SendingBadge` of the description."""

    printer: "str"


class SendingLabels(TypedDict):
    """`SendingLabels` of the description."""

    printer: "str"
    labels: "list[str]"


class SendingPlaces(TypedDict):
    """`SendingPlaces` of the description."""

    printer: "str"
    places: "list[str]"


class SendingWristband(TypedDict):
    """`SendingWristband` of the description."""

    printer: "str"
    again: "NotRequired[WhyAgain | None]"


class SentLabel(TypedDict):
    """`SentLabel` of the description."""

    serial: "str"
    job: "str"
    left_off: "list[LeftOff]"


class SentLabels(TypedDict):
    """`SentLabels` of the description."""

    printer: "str"
    labels: "list[SentLabel]"


class SentWristband(TypedDict):
    """`SentWristband` of the description."""

    printer: "str"
    left_off: "list[LeftOff]"


class Serial(TypedDict):
    """`Serial` of the description."""

    serial: "str"


class Served(TypedDict):
    """`Served` of the description."""

    since: "str"
    until: "str"
    server: "str"
    software: "str"
    changes: "list[SettingChanged]"


class Service(TypedDict):
    """`Service` of the description."""

    why: "NotRequired[str]"
    in_service: "bool"


class Session(TypedDict):
    """`Session` of the description."""

    username: "str"
    person: "str"
    printed_name: "str"
    is_program: "bool"
    unit: "str"
    bench: "str"
    roles: "list[Held]"
    scopes: "list[str] | None"
    must_choose_password: "bool"
    must_enrol_factor: "bool"
    token: "str"


class SettingChanged(TypedDict):
    """`SettingChanged` of the description."""

    name: "str"
    before: "str"
    after: "str"


class Sheet(TypedDict):
    """`Sheet` of the description."""

    named: "NotRequired[bool]"


class ShownStock(TypedDict):
    """`ShownStock` of the description."""

    shown: "str"


class Signature(TypedDict):
    """`Signature` of the description."""

    person: "str"
    printed_name: "str"
    role: "str"
    meaning: "str"
    signed_at: "NotRequired[str]"
    username: "str"
    shown: "list[str]"


class SignedVersion(TypedDict):
    """`SignedVersion` of the description."""

    version: "int"


class Site(TypedDict):
    """`Site` of the description."""

    id: "str"
    kind: "str"
    name: "str"
    country: "str"
    time_zone: "str"
    units: "list[Unit]"


class SiteDialects(TypedDict):
    """`SiteDialects` of the description."""

    site: "str"
    licences: "dict[str, str]"
    tables: "list[CodeTable]"
    turns: "list[DialectTurn]"


class Sites(TypedDict):
    """`Sites` of the description."""

    items: "list[Site]"


class Somebody(TypedDict):
    """`Somebody` of the description."""

    username: "str"
    person: "str"
    printed_name: "str"
    is_program: "bool"
    unit: "str"
    bench: "str"
    roles: "list[Held]"
    scopes: "list[str] | None"
    must_choose_password: "bool"
    must_enrol_factor: "bool"


class Standing(TypedDict):
    """`Standing` of the description."""

    subject: "str"
    title: "str"
    state: "str"
    holder: "str"
    sent_to: "str"
    since: "str | None"
    on_hold: "bool"


class Statement(TypedDict):
    """`Statement` of the description."""

    entry: "int"
    hash: "str"
    of_entry: "int"
    of_hash: "str"
    taken_down_by: "str"
    unit: "str"
    recorded_at: "NotRequired[str]"
    said: "dict[str, str]"
    picture: "str"
    media_type: "str"


class Statements(TypedDict):
    """`Statements` of the description."""

    items: "list[Statement]"


class Stating(TypedDict):
    """`Stating` of the description."""

    name: "str"
    company: "str"
    time: "str"
    vehicle: "NotRequired[str]"
    papers: "NotRequired[str]"
    picture: "NotRequired[str]"


class Step(TypedDict):
    """`Step` of the description."""

    action: "str"
    title: "str"


class StockFound(TypedDict):
    """`StockFound` of the description."""

    finding: "str"
    serial: "str"
    coi: "str"
    place: "str"
    is_stop: "bool"
    again: "bool"


class StockLine(TypedDict):
    """`StockLine` of the description."""

    finding: "str"
    serial: "str"
    coi: "str"
    subject: "str"
    place: "str"
    how: "str"


class StockScan(TypedDict):
    """`StockScan` of the description."""

    raw: "str"
    how: "NotRequired[str]"
    device: "NotRequired[str]"


class StockTake(TypedDict):
    """`StockTake` of the description."""

    id: "str"
    unit: "str"
    place: "str"
    opened_at: "str"
    closed_at: "str | None"
    shown: "str"
    items: "list[StockLine]"


class StockTakeId(TypedDict):
    """`StockTakeId` of the description."""

    id: "str"


class StopShip(TypedDict):
    """`StopShip` of the description."""

    what: "str"
    content: "str"
    since: "NotRequired[str]"
    until: "NotRequired[str]"
    unit: "str"
    reason: "str"
    shown: "list[str]"
    lifts: "NotRequired[bool]"
    investigation: "NotRequired[str]"


class Subject(TypedDict):
    """`Subject` of the description."""

    id: "str"
    sort: "str"
    title: "str"
    state: "str"
    state_title: "str"
    holder: "str"
    consignee: "str"
    stops: "int"
    inside: "str"
    turn: "int"
    labels: "list[str]"


class SwitchedDialect(TypedDict):
    """`SwitchedDialect` of the description."""

    licence: "str"
    holds: "bool"


class TakenOver(TypedDict):
    """`TakenOver` of the description."""

    version: "int"
    because: "NotRequired[str]"


class Taking(TypedDict):
    """`Taking` of the description."""

    unit: "str"
    codes: "NotRequired[list[TimedCode]]"
    named: "NotRequired[list[str]]"
    births: "NotRequired[list[Birth]]"
    values: "NotRequired[dict[str, str]]"
    consignee: "NotRequired[str]"
    bench: "NotRequired[str]"
    stated: "NotRequired[list[Heard]]"


class TakingLate(TypedDict):
    """`TakingLate` of the description."""

    unit: "str"
    codes: "NotRequired[list[TimedCode]]"
    named: "NotRequired[list[str]]"
    births: "NotRequired[list[Birth]]"
    values: "NotRequired[dict[str, str]]"
    consignee: "NotRequired[str]"
    bench: "NotRequired[str]"
    stated: "NotRequired[list[Heard]]"
    happened_at: "str"


class TemplateTurn(TypedDict):
    """`TemplateTurn` of the description."""

    version: "int | None"
    sha256: "str"
    holds: "bool"
    signed_by: "str"
    at: "str"


class TemplateVersion(TypedDict):
    """`TemplateVersion` of the description."""

    version: "int"
    sha256: "str"
    title: "str"
    width_mm: "float"
    height_mm: "float"
    standing: "str"
    kept: "KeptBy | None"


class TextFit(TypedDict):
    """`TextFit` of the description."""

    field: "str"
    text: "str"
    size_pt: "float"
    lines: "int"
    left_mm: "float"
    problem: "str"


class TextToKeep(TypedDict):
    """`TextToKeep` of the description."""

    text: "str"
    reason: "str"


class TextToTry(TypedDict):
    """`TextToTry` of the description."""

    text: "str"
    values: "NotRequired[str]"
    dpi: "NotRequired[int]"


class TextTried(TypedDict):
    """`TextTried` of the description."""

    sha256: "str"
    problems: "list[str]"
    picture: "str"
    fits: "list[TextFit]"
    symbols: "list[ReadSymbol]"
    problem: "str"


class Therapy(TypedDict):
    """`Therapy` of the description."""

    coi: "str"
    workflow: "Workflow"
    state: "str"
    state_title: "str"
    phase: "str"
    stops: "int"
    entries: "int"
    hash: "str"
    invalid: "list[str]"
    subjects: "list[Subject]"
    mine: "list[Step]"
    others: "list[Step]"


class Thing(TypedDict):
    """`Thing` of the description."""

    id: "str"
    title: "str"
    state: "str"


class TimedCode(TypedDict):
    """`TimedCode` of the description."""

    raw: "str"
    how: "NotRequired[str]"
    device: "NotRequired[str]"
    device_time: "NotRequired[str]"


class Token(TypedDict):
    """`Token` of the description."""

    token: "str"


class Trail(TypedDict):
    """`Trail` of the description."""

    items: "list[TrailEntry]"
    next: "str | None"


class TrailEntry(TypedDict):
    """`TrailEntry` of the description."""

    chain: "str"
    entry: "int"
    hash: "str"
    recorded_at: "NotRequired[str]"
    happened_at: "NotRequired[str]"
    by: "str"
    username: "str"
    role: "str"
    place: "str"
    time_zone: "str"
    action: "str"
    title: "str"
    looked_at_first_because: "list[str]"
    changes: "list[Change]"


class TrailRead(TypedDict):
    """`TrailRead` of the description."""

    entry: "int"
    hash: "str"


class TrailReview(TypedDict):
    """`TrailReview` of the description."""

    by: "str"
    at: "NotRequired[str]"
    entry: "int"
    hash: "str"


class TrailReviews(TypedDict):
    """`TrailReviews` of the description."""

    head: "TrailRead"
    since: "int"
    items: "list[TrailReview]"


class Trained(TypedDict):
    """`Trained` of the description."""

    role: "str"
    until: "str"


class Training(TypedDict):
    """`Training` of the description."""

    role: "str"
    until: "str"


class TriedTemplate(TypedDict):
    """`TriedTemplate` of the description."""

    template: "LabelTemplate"
    version: "int"
    fits: "list[TextFit]"
    symbols: "list[ReadSymbol]"
    problem: "str"


class Troubles(TypedDict):
    """`Troubles` of the description."""

    troubles: "list[str]"


class TurningLabel(TypedDict):
    """`TurningLabel` of the description."""

    deed: "str"
    unit: "str"
    reason: "NotRequired[str]"
    end: "NotRequired[str]"
    pieces: "NotRequired[int]"
    code: "NotRequired[Code | None]"


class TypedCode(TypedDict):
    """`TypedCode` of the description."""

    raw: "str"


class UnderWay(TypedDict):
    """`UnderWay` of the description."""

    id: "str"
    coi: "str"
    action: "str"
    title: "str"
    unit: "str"
    by: "str"
    opened_at: "NotRequired[str]"
    waits: "bool"
    is_mine: "bool"
    is_handed: "bool"


class Unit(TypedDict):
    """`Unit` of the description."""

    id: "str"
    name: "str"
    site: "str"


class Value(TypedDict):
    """`Value` of the description."""

    item: "str"
    title: "str"
    now: "Revision"
    before: "list[Revision]"


class Values(TypedDict):
    """`Values` of the description."""

    items: "list[Value]"


class Verdict(TypedDict):
    """`Verdict` of the description."""

    kind: "str"
    told: "list[str]"
    reasons: "list[Why]"


class Versions(TypedDict):
    """`Versions` of the description."""

    newer: "list[int]"
    proposal: "Proposal | None"


class WentOn(TypedDict):
    """`WentOn` of the description."""

    recorded_at: "str"
    printed_name: "str"
    found: "str"
    reason: "str"


class Why(TypedDict):
    """`Why` of the description."""

    code: "str"
    sentence: "str"
    next_step: "str"


class WhyAgain(TypedDict):
    """`WhyAgain` of the description."""

    reason: "str"
    seen: "int"


class Workflow(TypedDict):
    """`Workflow` of the description."""

    name: "str"
    version: "int"
    title: "str"


class Workflows(TypedDict):
    """`Workflows` of the description."""

    items: "list[OrderedWorkflow]"


class Workplace(TypedDict):
    """`Workplace` of the description."""

    unit: "str"


class WornBadge(TypedDict):
    """`WornBadge` of the description."""

    serial: "str"
    role: "str"
    unit: "str"
