"""Every call of the interface.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client.calls.actions import ActionsCalls
from coi.client.calls.alarms import AlarmsCalls
from coi.client.calls.description import DescriptionCalls
from coi.client.calls.devices import DevicesCalls
from coi.client.calls.dialects import DialectsCalls
from coi.client.calls.directory import DirectoryCalls
from coi.client.calls.documents import DocumentsCalls
from coi.client.calls.drivers import DriversCalls
from coi.client.calls.equipment import EquipmentCalls
from coi.client.calls.errands import ErrandsCalls
from coi.client.calls.exceptions import ExceptionsCalls
from coi.client.calls.files import FilesCalls
from coi.client.calls.label_batches import LabelBatchesCalls
from coi.client.calls.label_templates import LabelTemplatesCalls
from coi.client.calls.labels import LabelsCalls
from coi.client.calls.orders import OrdersCalls
from coi.client.calls.patients import PatientsCalls
from coi.client.calls.people import PeopleCalls
from coi.client.calls.printers import PrintersCalls
from coi.client.calls.prints import PrintsCalls
from coi.client.calls.record import RecordCalls
from coi.client.calls.scans import ScansCalls
from coi.client.calls.sessions import SessionsCalls
from coi.client.calls.stock import StockCalls
from coi.client.calls.therapies import TherapiesCalls
from coi.client.calls.trail import TrailCalls
from coi.client.calls.versions import VersionsCalls


class Calls(
    ActionsCalls,
    AlarmsCalls,
    DescriptionCalls,
    DevicesCalls,
    DialectsCalls,
    DirectoryCalls,
    DocumentsCalls,
    DriversCalls,
    EquipmentCalls,
    ErrandsCalls,
    ExceptionsCalls,
    FilesCalls,
    LabelBatchesCalls,
    LabelTemplatesCalls,
    LabelsCalls,
    OrdersCalls,
    PatientsCalls,
    PeopleCalls,
    PrintersCalls,
    PrintsCalls,
    RecordCalls,
    ScansCalls,
    SessionsCalls,
    StockCalls,
    TherapiesCalls,
    TrailCalls,
    VersionsCalls,
):
    """Every call of the interface."""
