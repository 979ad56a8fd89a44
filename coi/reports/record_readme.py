"""What lies beside an exported record, for whoever reads it without this program, years later."""

_IDENTITY = """\
identity.json          WHO THE PATIENT IS. It was asked for, with a reason that is on record.
"""
_NO_IDENTITY = """\
There is no name, birth date or record number of the patient in these files, unless somebody wrote
one into a free text, or pictured one, against the rules. The patient is the COI identifier.
"""

_TEXT = """\
THE WHOLE RECORD OF ONE THERAPY
===============================

COI identifier:  {coi}
Made:            {at}, copy {copy}{of_which}
With:            {software}
{demonstration}
This is a copy. The record itself stays where it is kept, and may have grown since.


What is in here
---------------

index.html             the same as a page: open it with any browser; exceptions stand first
custody.pdf            the custody record: who held the cells, from vein to vein; made to be read
record.json            everything, for programs; its form is described by record.schema.json
entries.csv            each entry: one action of somebody, the refused ones too
signatures.csv         who signed which entry, in which meaning, when
values.csv             what was recorded; a correction is a further revision, with its reason
moves.csv              each change of state, custody or package, before and after
subjects.csv           each thing that there was, where it stands now, and what it is in
lineage.csv            what was made of what, and packed in what
labels.csv             each label and wristband that was issued, and how a label stands now
label-turns.csv        what became of each label: when, by whom, why, how many pieces
labels-of-others.csv   each label of another's on a thing, beside ours: whose, and what it reads
scans.csv              each code that was scanned or typed
identity-checks.csv    which identifiers were compared with the patient's; never what they are
documents.csv          each label and document that was printed, and each export like this one
identity-looks.csv     who looked at the patient's identity, and why
trail-reviews.csv      who reviewed the audit trail up to which entry, and signed for it
audit-trail.csv        who, what, when, why, old and new value, who signed, in one table
workflow/              each version of the definition by which the therapy ran, as installed
label-templates/       each template by which its labels were issued: where each text stood
entries/               the very bytes of each entry: what happened, and (.signed) who signed it
reviews/               the same of each review of the audit trail, from the chain of a site
pictures/              the papers that drivers without an account showed, as they were pictured
files/                 the pictures and files that steps kept, each under its SHA-256
proofs/proof.json      proves that each of these stands in the tree over all entries that was signed
proofs/vectors.json    proofs and checkpoints, right and wrong, each with why: to try a verifier on
verify.py              a program that checks all of this; it needs Python 3.9 and nothing else
{identity}MANIFEST.sha256        the SHA-256 of every other file
MANIFEST.signed        the key of the checkpoint has signed that list; not there where it was away

{no_identity}
Times are in UTC. Order comes from the number of the entry, never from a time. In the CSV files a
text that a spreadsheet would take for a formula has an apostrophe in front, also behind a semicolon
or a line break inside of it; record.json has none.
"(erased)" stands where a text was erased by law; the chain of hashes holds without it.


How to check it
---------------

With the program that lies here, or better with one that you got elsewhere: it is the same for every
record. It ends with 0 where all holds, and names the first place that does not.

       python3 -I -S verify.py

With --key it asks for the key of the checkpoint, which only those who keep the record can tell you;
with --digest for what an older paper prints; with --key and --document, if a paper is on record.
What it proves is the entries, who signed them, and what they lead to. Of the tables (.csv), of
custody.pdf and of the words in record.json it says that they are as they were handed out: proven
where MANIFEST.signed is there and holds, and else no more than the list says.


How to check it by hand, with tools that any computer has
---------------------------------------------------------

1. That no file was damaged or changed on the way:

       sha256sum -c MANIFEST.sha256

2. What somebody signed. The signers of entry 7 signed the hash of its bytes, its content hash:

       sha256sum entries/0007.json

   It stands in entries.csv and signatures.csv.

3. The hash of an entry, which covers what happened and who signed it: a zero byte, what happened, a
   line feed, who signed.

       (printf '\\0'; cat entries/0007.json; printf '\\n'; cat entries/0007.signed.json) | sha256sum

   It stands in entries.csv, and as "previous" in entries/0008.json: so no entry can be changed,
   left out or put in between without changing all that come after it.

4. A text behind a commitment, such as a printed name or a reason: its salt as bytes, then the text.

       (printf '%s' SALT | xxd -r -p; printf '%s' 'TEXT') | sha256sum

   Salt, text and commitment stand in record.json under "texts". The text of a picture, or of a
   file in files/, is its bytes in base64, in one line; salt and commitment stand under "pictures":

       (printf '%s' SALT | xxd -r -p; base64 -w 0 pictures/0009.png) | sha256sum

5. The definition: sha256sum of the file in workflow/ is the hash in each entry's "workflow".

What this cannot show: that the whole chain was not written anew by whoever owns the database. Ask
for the hash of the last entry, {head}, in a place that they do not own: on an
older print of the custody record, or in a signed checkpoint.
"""


def readme(  # noqa: PLR0913 - what it says differs in so many places
    coi: str,
    *,
    at: str,
    copy: int,
    software: str,
    head: str,
    demonstration: bool,
    identity: bool,
) -> bytes:
    """The text in UTF-8."""
    return _TEXT.format(
        coi=coi,
        at=at,
        copy=copy,
        of_which=" of those that name the patient" if identity else "",
        software=software,
        head=head,
        demonstration="\nNOT FOR CLINICAL USE: a demonstration.\n" if demonstration else "",
        identity=_IDENTITY if identity else "",
        no_identity="" if identity else _NO_IDENTITY,
    ).encode()
