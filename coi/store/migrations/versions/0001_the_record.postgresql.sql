CREATE TABLE party (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_party PRIMARY KEY (id),
    CONSTRAINT uq_party_kind UNIQUE (id, kind),
    CONSTRAINT ck_party_kind CHECK (kind IN ('nobody', 'patient', 'unit', 'gone'))
)
-- next
CREATE TABLE site (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_site PRIMARY KEY (id),
    CONSTRAINT ck_site_kind CHECK (kind IN ('hospital', 'manufacturer', 'laboratory', 'courier')),
    CONSTRAINT ck_site_country CHECK (length(country) = 2)
)
-- next
CREATE TABLE unit (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY (id),
    CONSTRAINT ck_unit_kind CHECK (kind = 'unit')
)
-- next
CREATE TABLE person (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    chain TEXT,
    seq BIGINT,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_kind UNIQUE (id, kind),
    CONSTRAINT ck_person_kind CHECK (kind IN ('nobody', 'person', 'service')),
    CONSTRAINT ck_person_origin CHECK ((id = '-' AND kind = 'nobody' AND chain IS NULL AND seq IS NULL) OR (id <> '-' AND kind <> 'nobody' AND chain IS NOT NULL AND seq IS NOT NULL))
)
-- next
CREATE TABLE account (
    username TEXT NOT NULL,
    person TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (username),
    CONSTRAINT ck_account_username CHECK (username = lower(username))
)
-- next
CREATE TABLE workflow (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    transitions BIGINT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_workflow PRIMARY KEY (name, version),
    CONSTRAINT uq_workflow_transitions UNIQUE (name, version, transitions)
)
-- next
CREATE TABLE transition (
    workflow TEXT NOT NULL,
    from_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    machine TEXT NOT NULL,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    custody TEXT NOT NULL,
    stop_effect BIGINT NOT NULL,
    while_stopped BIGINT NOT NULL,
    scans BIGINT NOT NULL,
    patient BIGINT NOT NULL,
    signatures BIGINT NOT NULL,
    packing TEXT NOT NULL,
    on_paper BIGINT NOT NULL,
    n BIGINT NOT NULL,
    transitions BIGINT NOT NULL,
    CONSTRAINT pk_transition PRIMARY KEY (workflow, from_version, version, machine, action, from_state, to_state, custody, stop_effect, while_stopped, scans, patient, signatures, on_paper, packing),
    CONSTRAINT uq_transition_n UNIQUE (workflow, version, n),
    CONSTRAINT ck_transition_n CHECK (n >= 1 AND n <= transitions),
    CONSTRAINT ck_transition_on_paper CHECK (on_paper IN (0, 1, 2)),
    CONSTRAINT ck_transition_custody CHECK (custody IN ('none', 'creates', 'keeps', 'releases', 'accepts', 'takes_back', 'ends', 'loses')),
    CONSTRAINT ck_transition_packing CHECK (packing IN ('outside', 'inside', 'either', 'goes_in', 'comes_out')),
    CONSTRAINT ck_transition_stop_effect CHECK (stop_effect IN (-1, 0, 1)),
    CONSTRAINT ck_transition_asks CHECK (while_stopped IN (0, 1) AND scans IN (0, 1) AND patient IN (0, 1) AND signatures >= 0)
)
-- next
CREATE TABLE label_template (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    hash TEXT NOT NULL,
    layout TEXT NOT NULL,
    text TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_label_template PRIMARY KEY (name, version),
    CONSTRAINT uq_label_template_layout UNIQUE (layout),
    CONSTRAINT ck_label_template_version CHECK (version >= 1),
    CONSTRAINT ck_label_template_text CHECK (length(text) BETWEEN 1 AND 65536)
)
-- next
CREATE TABLE chain (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_chain PRIMARY KEY (id),
    CONSTRAINT uq_chain_kind UNIQUE (id, kind),
    CONSTRAINT ck_chain_kind CHECK (kind IN ('therapy', 'site'))
)
-- next
CREATE TABLE therapy (
    coi TEXT NOT NULL,
    kind TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    patient_kind TEXT NOT NULL,
    workflow TEXT NOT NULL,
    CONSTRAINT pk_therapy PRIMARY KEY (coi),
    CONSTRAINT uq_therapy_patient UNIQUE (coi, patient_id),
    CONSTRAINT uq_therapy_workflow UNIQUE (coi, workflow),
    CONSTRAINT ck_therapy_kind CHECK (kind = 'therapy' AND patient_kind = 'patient')
)
-- next
CREATE TABLE participation (
    chain TEXT NOT NULL,
    site TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_participation PRIMARY KEY (chain, site)
)
-- next
CREATE TABLE entry (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version BIGINT NOT NULL,
    actor TEXT NOT NULL,
    unit TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    stops BIGINT NOT NULL,
    prev_stops BIGINT NOT NULL,
    shape TEXT NOT NULL,
    transcription TEXT NOT NULL,
    prev_seq BIGINT,
    prev_hash TEXT,
    prev_version BIGINT,
    prev_shape TEXT,
    prev_transcription TEXT,
    prev_last_move BIGINT,
    prev_last_signature BIGINT,
    prev_last_subject BIGINT,
    prev_last_lineage BIGINT,
    prev_last_value BIGINT,
    prev_last_label BIGINT,
    prev_last_label_turn BIGINT,
    prev_last_wristband BIGINT,
    prev_last_attestation BIGINT,
    content TEXT NOT NULL,
    signed TEXT NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (chain, seq),
    CONSTRAINT uq_entry_next UNIQUE (chain, seq, hash, version, stops, shape, transcription),
    CONSTRAINT uq_entry_deed UNIQUE (chain, seq, workflow, version, unit, prev_stops, transcription),
    CONSTRAINT ck_entry_kind CHECK (kind IN ('act', 'late', 'incident', 'refused', 'hold', 'lift', 'migrate', 'transcribed', 'site')),
    CONSTRAINT ck_entry_genesis CHECK ((seq = 0 AND prev_stops = 0 AND prev_seq IS NULL AND prev_hash IS NULL AND prev_version IS NULL AND prev_shape IS NULL AND prev_transcription IS NULL) OR (seq > 0 AND prev_seq IS NOT NULL AND prev_hash IS NOT NULL AND prev_version IS NOT NULL AND prev_shape IS NOT NULL AND prev_transcription IS NOT NULL AND prev_seq = seq - 1)),
    CONSTRAINT ck_entry_version CHECK (prev_version IS NULL OR prev_version = version OR kind = 'migrate'),
    CONSTRAINT ck_entry_stops CHECK (stops >= 0 AND stops = prev_stops + CASE kind WHEN 'hold' THEN 1 WHEN 'lift' THEN -1 ELSE 0 END),
    CONSTRAINT ck_entry_refused CHECK (kind <> 'refused' OR CAST(substr(shape, 5, 4) AS INTEGER) = 0),
    CONSTRAINT ck_entry_migrate CHECK (kind <> 'migrate' OR (CAST(substr(shape, 5, 4) AS INTEGER) > 1 AND CAST(substr(shape, 1, 4) AS INTEGER) > 0)),
    CONSTRAINT ck_entry_newer CHECK (kind <> 'migrate' OR (prev_version IS NOT NULL AND prev_version < version)),
    CONSTRAINT ck_entry_transcription CHECK ((prev_seq IS NULL AND transcription IN ('-', 'open')) OR (coalesce(prev_transcription, 'new') IN ('-', 'ended') AND transcription = prev_transcription) OR (coalesce(prev_transcription, 'new') IN ('open', 'step') AND transcription IN ('open', 'step', 'ended'))),
    CONSTRAINT ck_entry_transcribed CHECK ((kind = 'transcribed' AND transcription = 'step') OR (kind <> 'transcribed' AND transcription <> 'step')),
    CONSTRAINT ck_entry_transcriber CHECK (kind <> 'transcribed' OR CAST(substr(shape, 5, 4) AS INTEGER) = 1),
    CONSTRAINT ck_entry_transcription_end CHECK (transcription <> 'ended' OR coalesce(prev_transcription, 'new') = 'ended' OR (kind = 'act' AND action = 'end_transcription' AND CAST(substr(shape, 5, 4) AS INTEGER) = 2)),
    CONSTRAINT ck_entry_beside CHECK (transcription IN ('-', 'ended') OR kind NOT IN ('late', 'migrate')),
    CONSTRAINT ck_entry_workflow CHECK ((kind = 'site' AND workflow = '-') OR kind = 'refused' OR (kind <> 'site' AND workflow <> '-')),
    CONSTRAINT ck_entry_happened_at CHECK (happened_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_entry_recorded_at CHECK (recorded_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT uq_entry_parts UNIQUE (chain, seq, content_hash, shape),
    CONSTRAINT ck_entry_shape CHECK (length(shape) = 36 AND ltrim(shape, '0123456789') = ''),
    CONSTRAINT ck_entry_last_move CHECK ((prev_shape IS NULL AND prev_last_move IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 1, 4) AS INTEGER) = 0 AND prev_last_move IS NULL) OR (prev_shape IS NOT NULL AND prev_last_move IS NOT NULL AND prev_last_move = CAST(substr(prev_shape, 1, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_signature CHECK ((prev_shape IS NULL AND prev_last_signature IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 5, 4) AS INTEGER) = 0 AND prev_last_signature IS NULL) OR (prev_shape IS NOT NULL AND prev_last_signature IS NOT NULL AND prev_last_signature = CAST(substr(prev_shape, 5, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_subject CHECK ((prev_shape IS NULL AND prev_last_subject IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 9, 4) AS INTEGER) = 0 AND prev_last_subject IS NULL) OR (prev_shape IS NOT NULL AND prev_last_subject IS NOT NULL AND prev_last_subject = CAST(substr(prev_shape, 9, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_lineage CHECK ((prev_shape IS NULL AND prev_last_lineage IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 13, 4) AS INTEGER) = 0 AND prev_last_lineage IS NULL) OR (prev_shape IS NOT NULL AND prev_last_lineage IS NOT NULL AND prev_last_lineage = CAST(substr(prev_shape, 13, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_value CHECK ((prev_shape IS NULL AND prev_last_value IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 17, 4) AS INTEGER) = 0 AND prev_last_value IS NULL) OR (prev_shape IS NOT NULL AND prev_last_value IS NOT NULL AND prev_last_value = CAST(substr(prev_shape, 17, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_label CHECK ((prev_shape IS NULL AND prev_last_label IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 21, 4) AS INTEGER) = 0 AND prev_last_label IS NULL) OR (prev_shape IS NOT NULL AND prev_last_label IS NOT NULL AND prev_last_label = CAST(substr(prev_shape, 21, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_label_turn CHECK ((prev_shape IS NULL AND prev_last_label_turn IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 25, 4) AS INTEGER) = 0 AND prev_last_label_turn IS NULL) OR (prev_shape IS NOT NULL AND prev_last_label_turn IS NOT NULL AND prev_last_label_turn = CAST(substr(prev_shape, 25, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_wristband CHECK ((prev_shape IS NULL AND prev_last_wristband IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 29, 4) AS INTEGER) = 0 AND prev_last_wristband IS NULL) OR (prev_shape IS NOT NULL AND prev_last_wristband IS NOT NULL AND prev_last_wristband = CAST(substr(prev_shape, 29, 4) AS INTEGER))),
    CONSTRAINT ck_entry_last_attestation CHECK ((prev_shape IS NULL AND prev_last_attestation IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 33, 4) AS INTEGER) = 0 AND prev_last_attestation IS NULL) OR (prev_shape IS NOT NULL AND prev_last_attestation IS NOT NULL AND prev_last_attestation = CAST(substr(prev_shape, 33, 4) AS INTEGER)))
)
-- next
CREATE TABLE move (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    signatures BIGINT NOT NULL,
    unit TEXT NOT NULL,
    chain_stops BIGINT NOT NULL,
    transcription TEXT NOT NULL,
    subject TEXT NOT NULL,
    born_seq BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    prev_turn BIGINT,
    workflow TEXT NOT NULL,
    machine TEXT NOT NULL,
    action TEXT NOT NULL,
    from_version BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    holder_before TEXT NOT NULL,
    consignee_before TEXT NOT NULL,
    stops_before BIGINT NOT NULL,
    inside_before TEXT NOT NULL,
    version BIGINT NOT NULL,
    to_state TEXT NOT NULL,
    holder_after TEXT NOT NULL,
    holder_kind TEXT NOT NULL,
    consignee_after TEXT NOT NULL,
    stops_after BIGINT NOT NULL,
    inside_after TEXT NOT NULL,
    put_into TEXT,
    package TEXT,
    package_turn BIGINT,
    package_custody TEXT,
    custody TEXT NOT NULL,
    packing TEXT NOT NULL,
    stop_effect BIGINT NOT NULL,
    while_stopped BIGINT NOT NULL,
    scans BIGINT NOT NULL,
    patient BIGINT NOT NULL,
    on_paper BIGINT NOT NULL,
    label_serial TEXT,
    patient_id TEXT,
    wristband TEXT,
    CONSTRAINT pk_move PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_move_turn UNIQUE (subject, turn),
    CONSTRAINT uq_move_after UNIQUE (chain, subject, turn, version, to_state, holder_after, consignee_after, stops_after, inside_after),
    CONSTRAINT uq_move_package UNIQUE (chain, seq, subject, turn, custody),
    CONSTRAINT ck_move_turn CHECK ((turn = 1 AND prev_turn IS NULL AND seq = born_seq AND from_state = '' AND from_version = version AND stops_before = 0 AND holder_before = '-' AND consignee_before = '-' AND inside_before = '-') OR (turn > 1 AND prev_turn IS NOT NULL AND prev_turn = turn - 1)),
    CONSTRAINT ck_move_custody CHECK ((custody = 'none' AND holder_after = holder_before AND consignee_after = consignee_before AND (consignee_before = '-' OR to_state = from_state)) OR (custody = 'creates' AND turn = 1 AND consignee_after = '-' AND holder_after = unit AND holder_kind = 'unit') OR (custody = 'keeps' AND holder_after = holder_before AND consignee_before = '-' AND consignee_after = '-' AND unit = holder_before AND holder_kind = 'unit') OR (custody = 'releases' AND holder_after = holder_before AND consignee_before = '-' AND consignee_after <> '-' AND consignee_after <> holder_after AND unit = holder_before AND holder_kind = 'unit') OR (custody = 'accepts' AND consignee_before <> '-' AND holder_after = consignee_before AND consignee_after = '-' AND unit = holder_after AND holder_kind = 'unit') OR (custody = 'takes_back' AND holder_after = holder_before AND consignee_before <> '-' AND consignee_after = '-' AND unit = holder_before AND holder_kind = 'unit') OR (custody = 'ends' AND consignee_before = '-' AND consignee_after = '-' AND unit = holder_before AND unit <> '-' AND holder_kind IN ('gone', 'patient')) OR (custody = 'loses' AND holder_kind = 'gone' AND consignee_after = '-' AND unit <> '-' AND (unit = holder_before OR unit = consignee_before))),
    CONSTRAINT ck_move_packing CHECK ((packing = 'outside' AND inside_before = '-' AND inside_after = '-' AND put_into IS NULL AND package IS NULL AND package_turn IS NULL AND package_custody IS NULL) OR (packing = 'inside' AND inside_before <> '-' AND inside_after = inside_before AND put_into IS NULL AND package IS NOT NULL AND package = inside_before AND package_turn IS NOT NULL AND package_custody IS NOT NULL AND package_custody = custody) OR (packing = 'either' AND inside_after = inside_before AND put_into IS NULL AND package IS NULL AND package_turn IS NULL AND package_custody IS NULL) OR (packing = 'goes_in' AND inside_before = '-' AND put_into IS NOT NULL AND inside_after = put_into AND package IS NULL AND package_turn IS NULL AND package_custody IS NULL) OR (packing = 'comes_out' AND inside_before <> '-' AND inside_after = '-' AND put_into IS NULL AND package IS NOT NULL AND package = inside_before AND package_turn IS NOT NULL AND package_custody IS NOT NULL AND package_custody = 'ends')),
    CONSTRAINT ck_move_patient_holder CHECK (holder_kind <> 'patient' OR (patient_id IS NOT NULL AND holder_after = patient_id)),
    CONSTRAINT ck_move_stopped CHECK ((stops_before = 0 AND chain_stops = 0) OR while_stopped = 1),
    CONSTRAINT ck_move_on_paper CHECK ((transcription IN ('-', 'ended') AND on_paper < 2) OR (transcription = 'open' AND on_paper = 1) OR (transcription = 'step' AND on_paper > 0)),
    CONSTRAINT ck_move_stops CHECK (stops_after >= 0 AND stops_after = stops_before + stop_effect),
    CONSTRAINT ck_move_scan CHECK (scans = 0 OR label_serial IS NOT NULL),
    CONSTRAINT ck_move_patient CHECK ((patient = 1 AND patient_id IS NOT NULL AND wristband IS NOT NULL) OR (patient = 0 AND patient_id IS NULL AND wristband IS NULL)),
    CONSTRAINT ck_move_signatures CHECK (signatures = CAST(substr(shape, 5, 4) AS INTEGER)),
    CONSTRAINT ck_move_count CHECK (n <= CAST(substr(shape, 1, 4) AS INTEGER)),
    CONSTRAINT ck_move_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE signature (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    role TEXT NOT NULL,
    printed_name TEXT NOT NULL,
    meaning TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    CONSTRAINT pk_signature PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_signature_person UNIQUE (chain, seq, person),
    CONSTRAINT ck_signature_signed_at CHECK (signed_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_signature_person_kind CHECK (person_kind = 'person'),
    CONSTRAINT ck_signature_count CHECK (n <= CAST(substr(shape, 5, 4) AS INTEGER)),
    CONSTRAINT ck_signature_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE subject (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    id TEXT NOT NULL,
    machine TEXT NOT NULL,
    workflow TEXT NOT NULL,
    origin_id TEXT,
    origin_born BIGINT,
    CONSTRAINT pk_subject PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_subject_id UNIQUE (id),
    CONSTRAINT uq_subject_chain UNIQUE (chain, id),
    CONSTRAINT uq_subject_born UNIQUE (chain, id, seq),
    CONSTRAINT uq_subject_move UNIQUE (chain, id, machine, seq, workflow),
    CONSTRAINT ck_subject_origin CHECK ((machine = 'therapy' AND seq = 0 AND origin_id IS NULL AND origin_born IS NULL) OR (machine <> 'therapy' AND origin_id IS NOT NULL AND origin_born IS NOT NULL AND origin_born < seq)),
    CONSTRAINT ck_subject_id CHECK ((machine = 'therapy' AND id = chain) OR (machine <> 'therapy' AND id = chain || '/' || CAST(seq AS TEXT) || '.' || CAST(n AS TEXT))),
    CONSTRAINT ck_subject_count CHECK (n <= CAST(substr(shape, 9, 4) AS INTEGER)),
    CONSTRAINT ck_subject_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE lineage (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    child_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    parent_born BIGINT NOT NULL,
    relation TEXT NOT NULL,
    package TEXT,
    CONSTRAINT pk_lineage PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_lineage_pair UNIQUE (chain, child_id, parent_id),
    CONSTRAINT uq_lineage_package UNIQUE (chain, seq, package, parent_id),
    CONSTRAINT ck_lineage_relation CHECK (relation IN ('made_of', 'packed_in')),
    CONSTRAINT ck_lineage_package CHECK ((relation = 'packed_in' AND package IS NOT NULL AND package = child_id) OR (relation <> 'packed_in' AND package IS NULL)),
    CONSTRAINT ck_lineage_parent_is_older CHECK (parent_born < seq),
    CONSTRAINT ck_lineage_count CHECK (n <= CAST(substr(shape, 13, 4) AS INTEGER)),
    CONSTRAINT ck_lineage_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE value (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    prev_revision BIGINT,
    content TEXT NOT NULL,
    unit_of_measure TEXT NOT NULL,
    method TEXT NOT NULL,
    limits TEXT NOT NULL,
    within TEXT NOT NULL,
    reason TEXT NOT NULL,
    over_label TEXT,
    CONSTRAINT pk_value PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_value_revision UNIQUE (chain, subject, field, occurrence, revision),
    CONSTRAINT uq_value_over_label UNIQUE (over_label),
    CONSTRAINT ck_value_over_label CHECK ((field = 'over_label' AND over_label IS NOT NULL AND over_label = content) OR (field <> 'over_label' AND over_label IS NULL)),
    CONSTRAINT ck_value_occurrence CHECK (occurrence >= 1),
    CONSTRAINT ck_value_revision CHECK ((revision = 1 AND prev_revision IS NULL) OR (revision > 1 AND prev_revision IS NOT NULL AND prev_revision = revision - 1 AND reason <> '-')),
    CONSTRAINT ck_value_within CHECK (within IN ('yes', 'no', '-')),
    CONSTRAINT ck_value_count CHECK (n <= CAST(substr(shape, 17, 4) AS INTEGER)),
    CONSTRAINT ck_value_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE label (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    serial TEXT NOT NULL,
    subject TEXT NOT NULL,
    template TEXT NOT NULL,
    issue BIGINT NOT NULL,
    prev_issue BIGINT,
    replaces TEXT,
    CONSTRAINT pk_label PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_label_serial UNIQUE (serial),
    CONSTRAINT uq_label_chain UNIQUE (serial, chain),
    CONSTRAINT uq_label_subject UNIQUE (serial, chain, subject),
    CONSTRAINT uq_label_issue UNIQUE (chain, subject, issue),
    CONSTRAINT uq_label_next UNIQUE (serial, chain, subject, issue),
    CONSTRAINT ck_label_issue CHECK ((issue = 1 AND prev_issue IS NULL AND replaces IS NULL) OR (issue > 1 AND prev_issue IS NOT NULL AND prev_issue = issue - 1 AND replaces IS NOT NULL)),
    CONSTRAINT ck_label_count CHECK (n <= CAST(substr(shape, 21, 4) AS INTEGER)),
    CONSTRAINT ck_label_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE label_turn (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    serial TEXT NOT NULL,
    turn BIGINT NOT NULL,
    prev_turn BIGINT,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    how TEXT NOT NULL,
    reason TEXT NOT NULL,
    pieces BIGINT NOT NULL,
    voided TEXT,
    CONSTRAINT pk_label_turn PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_label_turn_turn UNIQUE (serial, turn),
    CONSTRAINT uq_label_turn_after UNIQUE (chain, serial, turn, after),
    CONSTRAINT uq_label_turn_voided UNIQUE (voided),
    CONSTRAINT ck_label_turn_turn CHECK ((turn = 1 AND prev_turn IS NULL AND before = 'issued') OR (turn > 1 AND prev_turn IS NOT NULL AND prev_turn = turn - 1)),
    CONSTRAINT ck_label_turn_change CHECK ((before = 'applied' AND after = 'voided') OR (before = 'issued' AND after = 'printed') OR (before = 'issued' AND after = 'voided') OR (before = 'printed' AND after = 'verified') OR (before = 'printed' AND after = 'voided') OR (before = 'verified' AND after = 'applied') OR (before = 'verified' AND after = 'voided') OR (before = 'voided' AND after = 'destroyed') OR (before = 'voided' AND after = 'lost') OR (before = 'voided' AND after = 'returned')),
    CONSTRAINT ck_label_turn_how CHECK ((after = 'verified' AND how IN ('scanned', 'camera')) OR (after <> 'verified' AND how = '-')),
    CONSTRAINT ck_label_turn_reason CHECK (after NOT IN ('lost', 'returned', 'voided') OR reason <> '-'),
    CONSTRAINT ck_label_turn_witness CHECK (after NOT IN ('destroyed', 'lost') OR CAST(substr(shape, 5, 4) AS INTEGER) > 1),
    CONSTRAINT ck_label_turn_pieces CHECK ((after NOT IN ('destroyed', 'lost', 'returned') AND pieces = 0) OR (after = 'destroyed' AND pieces BETWEEN 0 AND 9) OR (after IN ('lost', 'returned') AND pieces BETWEEN 1 AND 9)),
    CONSTRAINT ck_label_turn_voided CHECK ((after = 'voided' AND voided IS NOT NULL AND voided = serial) OR (after <> 'voided' AND voided IS NULL)),
    CONSTRAINT ck_label_turn_count CHECK (n <= CAST(substr(shape, 25, 4) AS INTEGER)),
    CONSTRAINT ck_label_turn_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE wristband (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    serial TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    issue BIGINT NOT NULL,
    CONSTRAINT pk_wristband PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_wristband_serial UNIQUE (serial),
    CONSTRAINT uq_wristband_patient UNIQUE (serial, patient_id),
    CONSTRAINT uq_wristband_issue UNIQUE (patient_id, issue),
    CONSTRAINT ck_wristband_issue CHECK (issue >= 1),
    CONSTRAINT ck_wristband_count CHECK (n <= CAST(substr(shape, 29, 4) AS INTEGER)),
    CONSTRAINT ck_wristband_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE attestation (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    prev_n BIGINT,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    holds BIGINT NOT NULL,
    valid_until TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_attestation PRIMARY KEY (chain, seq, n),
    CONSTRAINT ck_attestation_kind CHECK (kind IN ('role', 'training', 'template', 'shipper', 'policy', 'proofing', 'active', 'name', 'clock', 'secret', 'place', 'bench', 'drill', 'restore', 'dialect', 'printer', 'badge', 'pin', 'verification', 'factor', 'device', 'device_rule', 'second_device_rule', 'device_test', 'sign_on', 'capture', 'capture_fork', 'permit', 'hours', 'equipment')),
    CONSTRAINT ck_attestation_holds CHECK (holds IN (0, 1)),
    CONSTRAINT ck_attestation_valid_until CHECK (valid_until = '-' OR valid_until LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_attestation_count CHECK (n <= CAST(substr(shape, 33, 4) AS INTEGER)),
    CONSTRAINT ck_attestation_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1))
)
-- next
CREATE TABLE position (
    chain TEXT NOT NULL,
    subject TEXT NOT NULL,
    turn BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    consignee TEXT NOT NULL,
    stops BIGINT NOT NULL,
    inside TEXT NOT NULL,
    CONSTRAINT pk_position PRIMARY KEY (chain, subject)
)
-- next
CREATE TABLE tree_leaf (
    n BIGINT NOT NULL,
    prev_n BIGINT,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    prev_seq BIGINT,
    hash TEXT NOT NULL,
    CONSTRAINT pk_tree_leaf PRIMARY KEY (n),
    CONSTRAINT uq_tree_leaf_entry UNIQUE (chain, seq),
    CONSTRAINT ck_tree_leaf_dense CHECK (n >= 0 AND ((n = 0 AND prev_n IS NULL) OR (n > 0 AND prev_n IS NOT NULL AND prev_n = n - 1))),
    CONSTRAINT ck_tree_leaf_order CHECK ((seq = 0 AND prev_seq IS NULL) OR (seq > 0 AND prev_seq IS NOT NULL AND prev_seq = seq - 1))
)
-- next
CREATE TABLE tree_node (
    level BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_tree_node PRIMARY KEY (level, number),
    CONSTRAINT ck_tree_node_above CHECK (level > 0 AND number >= 0)
)
-- next
CREATE TABLE checkpoint (
    n BIGINT NOT NULL,
    prev_n BIGINT,
    size BIGINT NOT NULL,
    prev_size BIGINT,
    last BIGINT NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_checkpoint PRIMARY KEY (n),
    CONSTRAINT uq_checkpoint_size UNIQUE (n, size),
    CONSTRAINT ck_checkpoint_grows CHECK (n >= 0 AND size > 0 AND ((n = 0 AND prev_n IS NULL AND prev_size IS NULL) OR (n > 0 AND prev_n IS NOT NULL AND prev_n = n - 1 AND prev_size IS NOT NULL AND prev_size < size))),
    CONSTRAINT ck_checkpoint_last CHECK (last = size - 1)
)
-- next
CREATE TABLE erasable (
    commitment TEXT NOT NULL,
    salt TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_erasable PRIMARY KEY (commitment)
)
-- next
CREATE TABLE patient_key (
    patient_id TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    CONSTRAINT pk_patient_key PRIMARY KEY (patient_id)
)
-- next
CREATE TABLE patient_identity (
    patient_id TEXT NOT NULL,
    field TEXT NOT NULL,
    nonce TEXT NOT NULL,
    ciphertext TEXT NOT NULL,
    commitment TEXT NOT NULL,
    CONSTRAINT pk_patient_identity PRIMARY KEY (patient_id, field)
)
-- next
CREATE TABLE credential (
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    set_at TEXT NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (person),
    CONSTRAINT ck_credential_person_kind CHECK (person_kind = 'person')
)
-- next
CREATE TABLE request (
    key TEXT NOT NULL,
    actor TEXT NOT NULL,
    digest TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_request PRIMARY KEY (key)
)
-- next
CREATE TABLE session (
    id TEXT NOT NULL,
    held TEXT NOT NULL,
    former TEXT NOT NULL,
    held_by TEXT NOT NULL,
    person TEXT NOT NULL,
    username TEXT NOT NULL,
    credential TEXT NOT NULL,
    badge TEXT NOT NULL,
    device TEXT NOT NULL,
    sign_on TEXT NOT NULL,
    unit TEXT NOT NULL,
    bench TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    replaced_by TEXT NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (id),
    CONSTRAINT uq_session_held UNIQUE (held),
    CONSTRAINT ck_session_held_by CHECK (held_by IN ('browser', 'program'))
)
-- next
CREATE TABLE failed_sign_in (
    account TEXT NOT NULL,
    last_at TEXT NOT NULL,
    failures BIGINT NOT NULL,
    CONSTRAINT pk_failed_sign_in PRIMARY KEY (account)
)
-- next
CREATE TABLE factor (
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed TEXT NOT NULL,
    counter BIGINT NOT NULL,
    CONSTRAINT pk_factor PRIMARY KEY (id),
    CONSTRAINT ck_factor_kind CHECK (kind IN ('totp', 'passkey')),
    CONSTRAINT ck_factor_person_kind CHECK (person_kind = 'person')
)
-- next
CREATE TABLE challenge (
    id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CONSTRAINT pk_challenge PRIMARY KEY (id)
)
-- next
CREATE TABLE pin (
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    set_at TEXT NOT NULL,
    CONSTRAINT pk_pin PRIMARY KEY (person),
    CONSTRAINT ck_pin_person_kind CHECK (person_kind = 'person')
)
-- next
CREATE TABLE preference (
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    language TEXT NOT NULL,
    CONSTRAINT pk_preference PRIMARY KEY (person),
    CONSTRAINT ck_preference_person_kind CHECK (person_kind = 'person')
)
-- next
CREATE TABLE token (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    scopes TEXT NOT NULL,
    sites TEXT NOT NULL,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    CONSTRAINT pk_token PRIMARY KEY (id),
    CONSTRAINT ck_token_person_kind CHECK (person_kind = 'service')
)
-- next
CREATE TABLE signature_grant (
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    username TEXT NOT NULL,
    credential TEXT NOT NULL,
    meaning TEXT NOT NULL,
    digest TEXT NOT NULL,
    given_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    CONSTRAINT pk_signature_grant PRIMARY KEY (id),
    CONSTRAINT ck_signature_grant_person_kind CHECK (person_kind = 'person')
)
-- next
CREATE TABLE errand (
    id TEXT NOT NULL,
    chain TEXT NOT NULL,
    action TEXT NOT NULL,
    unit TEXT NOT NULL,
    person TEXT NOT NULL,
    session TEXT NOT NULL,
    sealed TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_errand PRIMARY KEY (id)
)
-- next
CREATE TABLE task (
    chain TEXT NOT NULL,
    place TEXT NOT NULL,
    roles TEXT NOT NULL,
    due_at TEXT NOT NULL,
    phase TEXT NOT NULL,
    held TEXT NOT NULL,
    actions TEXT NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (chain, place, roles)
)
-- next
CREATE TABLE exception (
    chain TEXT NOT NULL,
    subject TEXT NOT NULL,
    site TEXT NOT NULL,
    list TEXT NOT NULL,
    attention TEXT NOT NULL,
    class TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    next TEXT NOT NULL,
    about TEXT NOT NULL,
    CONSTRAINT pk_exception PRIMARY KEY (chain, subject, site)
)
-- next
CREATE TABLE alarm (
    chain TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    since TEXT NOT NULL,
    rings_at TEXT NOT NULL,
    site TEXT NOT NULL,
    escalates_at TEXT NOT NULL,
    unit TEXT NOT NULL,
    roles TEXT NOT NULL,
    about TEXT NOT NULL,
    level TEXT NOT NULL,
    state TEXT NOT NULL,
    next_at TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    escalated_at TEXT NOT NULL,
    heard_by TEXT NOT NULL,
    heard_at TEXT NOT NULL,
    CONSTRAINT pk_alarm PRIMARY KEY (chain, kind, subject, since, rings_at, site),
    CONSTRAINT ck_alarm_level CHECK (level IN ('alarm', 'warning')),
    CONSTRAINT ck_alarm_state CHECK (state IN ('waiting', 'rings', 'over')),
    CONSTRAINT ck_alarm_next_at CHECK (next_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_alarm_raised_at CHECK (raised_at = '-' OR raised_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_alarm_raised CHECK ((state = 'waiting') = (raised_at = '-'))
)
-- next
CREATE TABLE webhook (
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    sites TEXT NOT NULL,
    events TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT NOT NULL,
    old_until TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    quiet_until TEXT NOT NULL,
    failures BIGINT NOT NULL,
    CONSTRAINT pk_webhook PRIMARY KEY (id),
    CONSTRAINT ck_webhook_state CHECK (state IN ('active', 'paused', 'gone')),
    CONSTRAINT ck_webhook_quiet_until CHECK (quiet_until LIKE '____-__-__T__:__:__.______Z')
)
-- next
CREATE TABLE delivery (
    webhook TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    due_at TEXT NOT NULL,
    claim TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    settled_at TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (webhook, chain, seq),
    CONSTRAINT ck_delivery_state CHECK (state IN ('waiting', 'sending', 'delivered', 'dead')),
    CONSTRAINT ck_delivery_due_at CHECK (due_at LIKE '____-__-__T__:__:__.______Z')
)
-- next
CREATE TABLE donation_turn (
    number TEXT NOT NULL,
    CONSTRAINT pk_donation_turn PRIMARY KEY (number)
)
-- next
CREATE TABLE saved_view (
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    CONSTRAINT pk_saved_view PRIMARY KEY (person, name)
)
-- next
CREATE TABLE held_file (
    chain TEXT NOT NULL,
    reference TEXT NOT NULL,
    person TEXT NOT NULL,
    commitment TEXT NOT NULL,
    salt TEXT NOT NULL,
    held_at TEXT NOT NULL,
    waiting BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    CONSTRAINT pk_held_file PRIMARY KEY (chain, reference),
    CONSTRAINT uq_held_file_commitment UNIQUE (commitment)
)
-- next
CREATE TABLE print_line (
    printer TEXT NOT NULL,
    therapy TEXT NOT NULL,
    job TEXT NOT NULL,
    since TEXT NOT NULL,
    CONSTRAINT pk_print_line PRIMARY KEY (printer),
    CONSTRAINT ck_print_line_since CHECK (since LIKE '____-__-__T__:__:__.______Z')
)
-- next
CREATE TABLE print_job (
    id TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    printer TEXT NOT NULL,
    therapy TEXT NOT NULL,
    labels TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    claim TEXT NOT NULL,
    made_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    CONSTRAINT pk_print_job PRIMARY KEY (id),
    CONSTRAINT ck_print_job_state CHECK (state IN ('queued', 'sending', 'printed', 'unconfirmed', 'held', 'cancelled')),
    CONSTRAINT ck_print_job_sealed CHECK ((state IN ('queued', 'held') AND sealed <> '-') OR (state NOT IN ('queued', 'held') AND sealed = '-')),
    CONSTRAINT ck_print_job_claim CHECK ((state = 'sending' AND claim <> '-') OR (state <> 'sending' AND claim = '-')),
    CONSTRAINT ck_print_job_ended CHECK ((state IN ('queued', 'held', 'sending') AND ended_at = '-') OR (state IN ('printed', 'unconfirmed', 'cancelled') AND ended_at <> '-')),
    CONSTRAINT ck_print_job_why CHECK (state NOT IN ('held', 'unconfirmed') OR why <> '-'),
    CONSTRAINT uq_print_job_label UNIQUE (chain, seq, sha256),
    CONSTRAINT ck_print_job_made_at CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_print_job_due_at CHECK (due_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_print_job_ended_at CHECK (ended_at = '-' OR ended_at LIKE '____-__-__T__:__:__.______Z')
)
-- next
CREATE TABLE batch_run (
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    claim TEXT NOT NULL,
    made_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries BIGINT NOT NULL,
    CONSTRAINT pk_batch_run PRIMARY KEY (key),
    CONSTRAINT ck_batch_run_kind CHECK (kind IN ('labels', 'custody_records')),
    CONSTRAINT ck_batch_run_state CHECK (state IN ('going', 'stopped', 'ended')),
    CONSTRAINT ck_batch_run_claim CHECK (state = 'going' OR claim = '-'),
    CONSTRAINT ck_batch_run_made_at CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_batch_run_due_at CHECK (due_at LIKE '____-__-__T__:__:__.______Z')
)
-- next
CREATE TABLE batch_part (
    key TEXT NOT NULL,
    n BIGINT NOT NULL,
    about TEXT NOT NULL,
    sealed TEXT NOT NULL,
    CONSTRAINT pk_batch_part PRIMARY KEY (key, n)
)
-- next
CREATE TABLE stock_take (
    id TEXT NOT NULL,
    unit TEXT NOT NULL,
    place TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    closed_in TEXT NOT NULL,
    closed_seq BIGINT NOT NULL,
    CONSTRAINT pk_stock_take PRIMARY KEY (id),
    CONSTRAINT ck_stock_take_opened_at CHECK (opened_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_stock_take_closed_at CHECK (closed_at = '-' OR closed_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_stock_take_closed CHECK ((closed_at = '-' AND closed_in = '-' AND closed_seq = 0) OR (closed_at <> '-' AND closed_in <> '-' AND closed_seq >= 0))
)
-- next
CREATE TABLE stock_scan (
    stock_take TEXT NOT NULL,
    code TEXT NOT NULL,
    finding TEXT NOT NULL,
    serial TEXT NOT NULL,
    chain TEXT NOT NULL,
    subject TEXT NOT NULL,
    place TEXT NOT NULL,
    how TEXT NOT NULL,
    person TEXT NOT NULL,
    scanned_at TEXT NOT NULL,
    n BIGINT NOT NULL,
    CONSTRAINT pk_stock_scan PRIMARY KEY (stock_take, code),
    CONSTRAINT uq_stock_scan_n UNIQUE (stock_take, n),
    CONSTRAINT ck_stock_scan_finding CHECK (finding IN ('found', 'found, no place on record', 'elsewhere', 'not here', 'dead label', 'unknown', 'foreign')),
    CONSTRAINT ck_stock_scan_how CHECK (how IN ('scanned', 'camera', 'typed')),
    CONSTRAINT ck_stock_scan_n CHECK (n > 0),
    CONSTRAINT ck_stock_scan_scanned_at CHECK (scanned_at LIKE '____-__-__T__:__:__.______Z')
)
-- next
ALTER TABLE site ADD CONSTRAINT fk_site_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE unit ADD CONSTRAINT fk_unit_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE unit ADD CONSTRAINT fk_unit_party FOREIGN KEY(id, kind) REFERENCES party (id, kind)
-- next
ALTER TABLE unit ADD CONSTRAINT fk_unit_site FOREIGN KEY(site) REFERENCES site (id)
-- next
ALTER TABLE person ADD CONSTRAINT fk_person_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE account ADD CONSTRAINT fk_account_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE account ADD CONSTRAINT fk_account_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE workflow ADD CONSTRAINT fk_workflow_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE transition ADD CONSTRAINT fk_transition_workflow FOREIGN KEY(workflow, version, transitions) REFERENCES workflow (name, version, transitions)
-- next
ALTER TABLE label_template ADD CONSTRAINT fk_label_template_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE therapy ADD CONSTRAINT fk_therapy_chain FOREIGN KEY(coi, kind) REFERENCES chain (id, kind)
-- next
ALTER TABLE therapy ADD CONSTRAINT fk_therapy_patient FOREIGN KEY(patient_id, patient_kind) REFERENCES party (id, kind)
-- next
ALTER TABLE participation ADD CONSTRAINT fk_participation_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE participation ADD CONSTRAINT fk_participation_site FOREIGN KEY(site) REFERENCES site (id)
-- next
ALTER TABLE participation ADD CONSTRAINT fk_participation_therapy FOREIGN KEY(chain) REFERENCES therapy (coi)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_actor FOREIGN KEY(actor) REFERENCES person (id)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_chain FOREIGN KEY(chain) REFERENCES chain (id)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_attestation FOREIGN KEY(chain, prev_seq, prev_last_attestation) REFERENCES attestation (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_label FOREIGN KEY(chain, prev_seq, prev_last_label) REFERENCES label (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_label_turn FOREIGN KEY(chain, prev_seq, prev_last_label_turn) REFERENCES label_turn (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_lineage FOREIGN KEY(chain, prev_seq, prev_last_lineage) REFERENCES lineage (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_move FOREIGN KEY(chain, prev_seq, prev_last_move) REFERENCES move (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_signature FOREIGN KEY(chain, prev_seq, prev_last_signature) REFERENCES signature (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_subject FOREIGN KEY(chain, prev_seq, prev_last_subject) REFERENCES subject (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_value FOREIGN KEY(chain, prev_seq, prev_last_value) REFERENCES value (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_last_wristband FOREIGN KEY(chain, prev_seq, prev_last_wristband) REFERENCES wristband (chain, seq, n)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_prev FOREIGN KEY(chain, prev_seq, prev_hash, prev_version, prev_stops, prev_shape, prev_transcription) REFERENCES entry (chain, seq, hash, version, stops, shape, transcription)
-- next
ALTER TABLE entry ADD CONSTRAINT fk_entry_unit FOREIGN KEY(unit) REFERENCES party (id)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_before FOREIGN KEY(chain, subject, prev_turn, from_version, from_state, holder_before, consignee_before, stops_before, inside_before) REFERENCES move (chain, subject, turn, version, to_state, holder_after, consignee_after, stops_after, inside_after)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_consignee FOREIGN KEY(consignee_after) REFERENCES party (id)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_deed FOREIGN KEY(chain, seq, workflow, version, unit, chain_stops, transcription) REFERENCES entry (chain, seq, workflow, version, unit, prev_stops, transcription)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_holder FOREIGN KEY(holder_after, holder_kind) REFERENCES party (id, kind)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_label FOREIGN KEY(label_serial, chain, subject) REFERENCES label (serial, chain, subject)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_package FOREIGN KEY(chain, seq, package, package_turn, package_custody) REFERENCES move (chain, seq, subject, turn, custody)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_patient FOREIGN KEY(chain, patient_id) REFERENCES therapy (coi, patient_id)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES move (chain, seq, n)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_put_into FOREIGN KEY(chain, seq, put_into, subject) REFERENCES lineage (chain, seq, package, parent_id)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_subject FOREIGN KEY(chain, subject, machine, born_seq, workflow) REFERENCES subject (chain, id, machine, seq, workflow)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_transition FOREIGN KEY(workflow, from_version, version, machine, action, from_state, to_state, custody, stop_effect, while_stopped, scans, patient, signatures, on_paper, packing) REFERENCES transition (workflow, from_version, version, machine, action, from_state, to_state, custody, stop_effect, while_stopped, scans, patient, signatures, on_paper, packing)
-- next
ALTER TABLE move ADD CONSTRAINT fk_move_wristband FOREIGN KEY(wristband, patient_id) REFERENCES wristband (serial, patient_id)
-- next
ALTER TABLE signature ADD CONSTRAINT fk_signature_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE signature ADD CONSTRAINT fk_signature_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE signature ADD CONSTRAINT fk_signature_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES signature (chain, seq, n)
-- next
ALTER TABLE subject ADD CONSTRAINT fk_subject_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE subject ADD CONSTRAINT fk_subject_origin FOREIGN KEY(chain, origin_id, origin_born) REFERENCES subject (chain, id, seq)
-- next
ALTER TABLE subject ADD CONSTRAINT fk_subject_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES subject (chain, seq, n)
-- next
ALTER TABLE subject ADD CONSTRAINT fk_subject_therapy FOREIGN KEY(chain, workflow) REFERENCES therapy (coi, workflow)
-- next
ALTER TABLE lineage ADD CONSTRAINT fk_lineage_child FOREIGN KEY(chain, child_id, seq) REFERENCES subject (chain, id, seq)
-- next
ALTER TABLE lineage ADD CONSTRAINT fk_lineage_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE lineage ADD CONSTRAINT fk_lineage_parent FOREIGN KEY(chain, parent_id, parent_born) REFERENCES subject (chain, id, seq)
-- next
ALTER TABLE lineage ADD CONSTRAINT fk_lineage_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES lineage (chain, seq, n)
-- next
ALTER TABLE value ADD CONSTRAINT fk_value_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE value ADD CONSTRAINT fk_value_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES value (chain, seq, n)
-- next
ALTER TABLE value ADD CONSTRAINT fk_value_revised FOREIGN KEY(chain, subject, field, occurrence, prev_revision) REFERENCES value (chain, subject, field, occurrence, revision)
-- next
ALTER TABLE value ADD CONSTRAINT fk_value_subject FOREIGN KEY(chain, subject) REFERENCES subject (chain, id)
-- next
ALTER TABLE label ADD CONSTRAINT fk_label_before FOREIGN KEY(replaces, chain, subject, prev_issue) REFERENCES label (serial, chain, subject, issue)
-- next
ALTER TABLE label ADD CONSTRAINT fk_label_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE label ADD CONSTRAINT fk_label_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES label (chain, seq, n)
-- next
ALTER TABLE label ADD CONSTRAINT fk_label_subject FOREIGN KEY(chain, subject) REFERENCES subject (chain, id)
-- next
ALTER TABLE label ADD CONSTRAINT fk_label_voided FOREIGN KEY(replaces) REFERENCES label_turn (voided)
-- next
ALTER TABLE label_turn ADD CONSTRAINT fk_label_turn_before FOREIGN KEY(chain, serial, prev_turn, before) REFERENCES label_turn (chain, serial, turn, after)
-- next
ALTER TABLE label_turn ADD CONSTRAINT fk_label_turn_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE label_turn ADD CONSTRAINT fk_label_turn_label FOREIGN KEY(serial, chain) REFERENCES label (serial, chain)
-- next
ALTER TABLE label_turn ADD CONSTRAINT fk_label_turn_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES label_turn (chain, seq, n)
-- next
ALTER TABLE wristband ADD CONSTRAINT fk_wristband_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE wristband ADD CONSTRAINT fk_wristband_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES wristband (chain, seq, n)
-- next
ALTER TABLE wristband ADD CONSTRAINT fk_wristband_therapy FOREIGN KEY(chain, patient_id) REFERENCES therapy (coi, patient_id)
-- next
ALTER TABLE attestation ADD CONSTRAINT fk_attestation_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
-- next
ALTER TABLE attestation ADD CONSTRAINT fk_attestation_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES attestation (chain, seq, n)
-- next
ALTER TABLE position ADD CONSTRAINT fk_position_move FOREIGN KEY(chain, subject, turn, version, state, holder, consignee, stops, inside) REFERENCES move (chain, subject, turn, version, to_state, holder_after, consignee_after, stops_after, inside_after)
-- next
ALTER TABLE tree_leaf ADD CONSTRAINT fk_tree_leaf_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE tree_leaf ADD CONSTRAINT fk_tree_leaf_order FOREIGN KEY(chain, prev_seq) REFERENCES tree_leaf (chain, seq)
-- next
ALTER TABLE tree_leaf ADD CONSTRAINT fk_tree_leaf_prev FOREIGN KEY(prev_n) REFERENCES tree_leaf (n)
-- next
ALTER TABLE checkpoint ADD CONSTRAINT fk_checkpoint_last FOREIGN KEY(last) REFERENCES tree_leaf (n)
-- next
ALTER TABLE checkpoint ADD CONSTRAINT fk_checkpoint_prev FOREIGN KEY(prev_n, prev_size) REFERENCES checkpoint (n, size)
-- next
ALTER TABLE patient_key ADD CONSTRAINT fk_patient_key_party FOREIGN KEY(patient_id) REFERENCES party (id)
-- next
ALTER TABLE patient_identity ADD CONSTRAINT fk_patient_identity_party FOREIGN KEY(patient_id) REFERENCES party (id)
-- next
ALTER TABLE credential ADD CONSTRAINT fk_credential_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE request ADD CONSTRAINT fk_request_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE session ADD CONSTRAINT fk_session_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE factor ADD CONSTRAINT fk_factor_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE pin ADD CONSTRAINT fk_pin_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE preference ADD CONSTRAINT fk_preference_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE token ADD CONSTRAINT fk_token_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE signature_grant ADD CONSTRAINT fk_signature_grant_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
-- next
ALTER TABLE errand ADD CONSTRAINT fk_errand_chain FOREIGN KEY(chain) REFERENCES chain (id)
-- next
ALTER TABLE errand ADD CONSTRAINT fk_errand_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE task ADD CONSTRAINT fk_task_chain FOREIGN KEY(chain) REFERENCES chain (id)
-- next
ALTER TABLE exception ADD CONSTRAINT fk_exception_chain FOREIGN KEY(chain) REFERENCES chain (id)
-- next
ALTER TABLE alarm ADD CONSTRAINT fk_alarm_chain FOREIGN KEY(chain) REFERENCES chain (id)
-- next
ALTER TABLE delivery ADD CONSTRAINT fk_delivery_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE saved_view ADD CONSTRAINT fk_saved_view_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE held_file ADD CONSTRAINT fk_held_file_chain FOREIGN KEY(chain) REFERENCES chain (id)
-- next
ALTER TABLE held_file ADD CONSTRAINT fk_held_file_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE print_job ADD CONSTRAINT fk_print_job_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
-- next
ALTER TABLE batch_run ADD CONSTRAINT fk_batch_run_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE batch_part ADD CONSTRAINT fk_batch_part_run FOREIGN KEY(key) REFERENCES batch_run (key)
-- next
ALTER TABLE stock_take ADD CONSTRAINT fk_stock_take_person FOREIGN KEY(opened_by) REFERENCES person (id)
-- next
ALTER TABLE stock_take ADD CONSTRAINT fk_stock_take_unit FOREIGN KEY(unit) REFERENCES unit (id)
-- next
ALTER TABLE stock_scan ADD CONSTRAINT fk_stock_scan_person FOREIGN KEY(person) REFERENCES person (id)
-- next
ALTER TABLE stock_scan ADD CONSTRAINT fk_stock_scan_stock_take FOREIGN KEY(stock_take) REFERENCES stock_take (id)
-- next
CREATE INDEX ix_account_person ON account (person)
-- next
CREATE INDEX ix_alarm_next ON alarm (site, next_at)
-- next
CREATE INDEX ix_alarm_rings ON alarm (site, level, rings_at, chain, kind, subject, since, state, roles, escalated_at)
-- next
CREATE INDEX ix_attestation_about ON attestation (kind, about)
-- next
CREATE INDEX ix_delivery_due ON delivery (webhook, state, due_at)
-- next
CREATE INDEX ix_delivery_state ON delivery (state, recorded_at)
-- next
CREATE INDEX ix_lineage_parent ON lineage (chain, parent_id)
-- next
CREATE INDEX ix_session_former ON session (former)
-- next
CREATE INDEX ix_entry_recorded ON entry (recorded_at, chain, seq)
-- next
CREATE INDEX ix_entry_action ON entry (action, recorded_at, chain, seq)
-- next
CREATE INDEX ix_entry_actor ON entry (actor, recorded_at, chain, seq)
-- next
CREATE INDEX ix_entry_unusual ON entry (recorded_at, chain, seq) WHERE kind IN ('hold', 'incident', 'late', 'lift', 'migrate', 'refused', 'transcribed') OR action IN ('break_glass', 'review_break_glass', 'refuse_sign_in', 'lock_account', 'lock_beside', 'unlock_account', 'new_secret', 'refuse_pin', 'refuse_badge', 'refuse_sign_on', 'lock_pin', 'end_session', 'replace_session', 'check_clock', 'verification_failed', 'accept_findings', 'clock_stepped', 'accept_clock', 'not_recording', 'captures_forked', 'erase_patient', 'erase_code_tables', 'erase_again', 'refuse_erasure', 'restore', 'replace_checkpoint_key', 'print_label_anew', 'correct_value', 'escalate_alarm') OR replace(content, '"notices":[', '') != content OR replace(content, '"action":"open_exception"', '') != content OR replace(content, '"machine":"dispensation"', '') != content OR replace(content, '"how":"typed"', '') != content OR replace(content, '"replaces":"', '') != content OR replace(content, '"within":"no"', '') != content OR replace(content, '"unread_1":"', '') != content OR replace(content, '"copy":"', '') != content AND replace(content, '"copy":"1"', '') = content OR replace(content, '"issue":', '') != content AND replace(content, '"issue":1,', '') = content
-- next
CREATE INDEX ix_errand_chain ON errand (chain)
-- next
CREATE INDEX ix_errand_open ON errand (ended_at, opened_at)
-- next
CREATE INDEX ix_exception_first ON exception (site, list, attention, subject, class, kind, owner)
-- next
CREATE INDEX ix_held_file_person ON held_file (person, chain, waiting)
-- next
CREATE INDEX ix_request_entry ON request (chain, seq)
-- next
CREATE INDEX ix_participation_site ON participation (site)
-- next
CREATE INDEX ix_patient_identity_ciphertext ON patient_identity (ciphertext)
-- next
CREATE UNIQUE INDEX uq_patient_identity_number ON patient_identity (ciphertext) WHERE field = 'index'
-- next
CREATE INDEX ix_position_holder ON position (holder)
-- next
CREATE INDEX ix_print_job_of ON print_job (printer, made_at)
-- next
CREATE INDEX ix_print_job_state ON print_job (state, due_at)
-- next
CREATE INDEX ix_stock_take_unit ON stock_take (unit, opened_at)
-- next
CREATE INDEX ix_task_soonest ON task (place, due_at, chain, roles, phase, held)
-- next
CREATE INDEX ix_token_of_person ON token (person)
-- next
CREATE INDEX ix_therapy_patient ON therapy (patient_id)
-- next
CREATE INDEX ix_unit_site ON unit (site)
-- next
CREATE INDEX ix_value_donation ON value (substr(replace(replace(replace(replace(upper(content), ' ', ''), '=', ''), '&,4', ''), 'SEC:', ''), 1, 13)) WHERE field = 'donation_number'
-- next
CREATE INDEX ix_value_european ON value (substr(replace(replace(replace(replace(upper(content), ' ', ''), '=', ''), '&,4', ''), 'SEC:', ''), 9, 13)) WHERE field = 'donation_number'
-- next
CREATE INDEX ix_value_content ON value (field, substr(content, 1, 64))
-- next
CREATE INDEX ix_therapy_begins ON therapy (coi COLLATE "C")
-- next
INSERT INTO party (id, kind) VALUES ('-', 'nobody')
-- next
INSERT INTO party (id, kind) VALUES ('destroyed', 'gone')
-- next
INSERT INTO party (id, kind) VALUES ('lost', 'gone')
-- next
INSERT INTO party (id, kind) VALUES ('opened', 'gone')
-- next
INSERT INTO party (id, kind) VALUES ('tested', 'gone')
-- next
INSERT INTO party (id, kind) VALUES ('unpacked', 'gone')
-- next
INSERT INTO party (id, kind) VALUES ('used', 'gone')
-- next
INSERT INTO person (id, kind) VALUES ('-', 'nobody')
