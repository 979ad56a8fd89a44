"""The page on which quality assurance lets archived records be read, and signs for that."""

import re

from coi.demo.cast import PASSWORD
from coi.services.sequencing import Sequencer

PAGE = "/archive/check"


def test_quality_assurance_reads_and_signs_on_its_page(installation, someone, administrator):
    """Others see what was found; before a checkpoint nothing is drawn, and the page says so."""
    queenie = someone("queenie")
    empty, too_soon = queenie.get(PAGE).text, queenie.send(f"{PAGE}/reading", page=PAGE)
    Sequencer(installation).run_until_empty()
    read = queenie.send(f"{PAGE}/reading", page=PAGE)
    shown, others = queenie.get(PAGE).text, administrator.get(PAGE).text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', shown)[1]
    remark = "<b>Disks</b> too."

    wrong = queenie.send(PAGE, page=PAGE, digest=digest, remark=remark, password="not it")
    stale = queenie.send(PAGE, page=PAGE, digest="0" * 64, remark=remark, password=PASSWORD)
    signed = queenie.send(PAGE, page=PAGE, digest=digest, remark=remark, password=PASSWORD)
    after = queenie.get(PAGE).text

    assert "Nothing was read yet" in empty
    assert (too_soon.status_code, "No checkpoint covers" in too_soon.text) == (409, True)
    assert (read.status_code, "each record could be read" in shown) == (303, True)
    assert ("HOLDS: the record of" in others, 'name="digest"' in others) == (True, False)
    assert (wrong.status_code, stale.status_code, signed.status_code) == (401, 422, 303)
    assert "&lt;b&gt;Disks&lt;/b&gt; too." in wrong.text
    assert "another reading came meanwhile" in stale.text
    assert "I have checked that archived records can be read: Queenie Quality" in after
    assert 'name="digest"' not in after
