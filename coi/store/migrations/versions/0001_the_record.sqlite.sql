CREATE TABLE party (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_party PRIMARY KEY (id),
    CONSTRAINT uq_party_kind UNIQUE (id, kind),
    CONSTRAINT ck_party_kind CHECK (kind IN ('nobody', 'patient', 'unit', 'gone'))
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE site (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_site PRIMARY KEY (id),
    CONSTRAINT ck_site_kind CHECK (kind IN ('hospital', 'manufacturer', 'laboratory', 'courier')),
    CONSTRAINT ck_site_country CHECK (length(country) = 2),
    CONSTRAINT fk_site_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE unit (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY (id),
    CONSTRAINT ck_unit_kind CHECK (kind = 'unit'),
    CONSTRAINT fk_unit_party FOREIGN KEY(id, kind) REFERENCES party (id, kind),
    CONSTRAINT fk_unit_site FOREIGN KEY(site) REFERENCES site (id),
    CONSTRAINT fk_unit_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE person (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    chain TEXT,
    seq INTEGER,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_kind UNIQUE (id, kind),
    CONSTRAINT ck_person_kind CHECK (kind IN ('nobody', 'person', 'service')),
    CONSTRAINT ck_person_origin CHECK ((id = '-' AND kind = 'nobody' AND chain IS NULL AND seq IS NULL) OR (id <> '-' AND kind <> 'nobody' AND chain IS NOT NULL AND seq IS NOT NULL)),
    CONSTRAINT fk_person_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE account (
    username TEXT NOT NULL,
    person TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (username),
    CONSTRAINT ck_account_username CHECK (username = lower(username)),
    CONSTRAINT fk_account_person FOREIGN KEY(person) REFERENCES person (id),
    CONSTRAINT fk_account_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE workflow (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    transitions INTEGER NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_workflow PRIMARY KEY (name, version),
    CONSTRAINT uq_workflow_transitions UNIQUE (name, version, transitions),
    CONSTRAINT fk_workflow_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE transition (
    workflow TEXT NOT NULL,
    from_version INTEGER NOT NULL,
    version INTEGER NOT NULL,
    machine TEXT NOT NULL,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    custody TEXT NOT NULL,
    stop_effect INTEGER NOT NULL,
    while_stopped INTEGER NOT NULL,
    scans INTEGER NOT NULL,
    patient INTEGER NOT NULL,
    signatures INTEGER NOT NULL,
    packing TEXT NOT NULL,
    on_paper INTEGER NOT NULL,
    n INTEGER NOT NULL,
    transitions INTEGER NOT NULL,
    CONSTRAINT pk_transition PRIMARY KEY (workflow, from_version, version, machine, action, from_state, to_state, custody, stop_effect, while_stopped, scans, patient, signatures, on_paper, packing),
    CONSTRAINT uq_transition_n UNIQUE (workflow, version, n),
    CONSTRAINT ck_transition_n CHECK (n >= 1 AND n <= transitions),
    CONSTRAINT ck_transition_on_paper CHECK (on_paper IN (0, 1, 2)),
    CONSTRAINT ck_transition_custody CHECK (custody IN ('none', 'creates', 'keeps', 'releases', 'accepts', 'takes_back', 'ends', 'loses')),
    CONSTRAINT ck_transition_packing CHECK (packing IN ('outside', 'inside', 'either', 'goes_in', 'comes_out')),
    CONSTRAINT ck_transition_stop_effect CHECK (stop_effect IN (-1, 0, 1)),
    CONSTRAINT ck_transition_asks CHECK (while_stopped IN (0, 1) AND scans IN (0, 1) AND patient IN (0, 1) AND signatures >= 0),
    CONSTRAINT fk_transition_workflow FOREIGN KEY(workflow, version, transitions) REFERENCES workflow (name, version, transitions)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE label_template (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    layout TEXT NOT NULL,
    text TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_label_template PRIMARY KEY (name, version),
    CONSTRAINT uq_label_template_layout UNIQUE (layout),
    CONSTRAINT ck_label_template_version CHECK (version >= 1),
    CONSTRAINT ck_label_template_text CHECK (length(text) BETWEEN 1 AND 65536),
    CONSTRAINT fk_label_template_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE chain (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_chain PRIMARY KEY (id),
    CONSTRAINT uq_chain_kind UNIQUE (id, kind),
    CONSTRAINT ck_chain_kind CHECK (kind IN ('therapy', 'site'))
)
 WITHOUT ROWID,
 STRICT
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
    CONSTRAINT ck_therapy_kind CHECK (kind = 'therapy' AND patient_kind = 'patient'),
    CONSTRAINT fk_therapy_chain FOREIGN KEY(coi, kind) REFERENCES chain (id, kind),
    CONSTRAINT fk_therapy_patient FOREIGN KEY(patient_id, patient_kind) REFERENCES party (id, kind)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE participation (
    chain TEXT NOT NULL,
    site TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_participation PRIMARY KEY (chain, site),
    CONSTRAINT fk_participation_therapy FOREIGN KEY(chain) REFERENCES therapy (coi),
    CONSTRAINT fk_participation_site FOREIGN KEY(site) REFERENCES site (id),
    CONSTRAINT fk_participation_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE entry (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version INTEGER NOT NULL,
    actor TEXT NOT NULL,
    unit TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    stops INTEGER NOT NULL,
    prev_stops INTEGER NOT NULL,
    shape TEXT NOT NULL,
    transcription TEXT NOT NULL,
    prev_seq INTEGER,
    prev_hash TEXT,
    prev_version INTEGER,
    prev_shape TEXT,
    prev_transcription TEXT,
    prev_last_move INTEGER,
    prev_last_signature INTEGER,
    prev_last_subject INTEGER,
    prev_last_lineage INTEGER,
    prev_last_value INTEGER,
    prev_last_label INTEGER,
    prev_last_label_turn INTEGER,
    prev_last_wristband INTEGER,
    prev_last_attestation INTEGER,
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
    CONSTRAINT fk_entry_chain FOREIGN KEY(chain) REFERENCES chain (id),
    CONSTRAINT fk_entry_actor FOREIGN KEY(actor) REFERENCES person (id),
    CONSTRAINT fk_entry_unit FOREIGN KEY(unit) REFERENCES party (id),
    CONSTRAINT fk_entry_prev FOREIGN KEY(chain, prev_seq, prev_hash, prev_version, prev_stops, prev_shape, prev_transcription) REFERENCES entry (chain, seq, hash, version, stops, shape, transcription),
    CONSTRAINT uq_entry_parts UNIQUE (chain, seq, content_hash, shape),
    CONSTRAINT ck_entry_shape CHECK (length(shape) = 36 AND ltrim(shape, '0123456789') = ''),
    CONSTRAINT ck_entry_last_move CHECK ((prev_shape IS NULL AND prev_last_move IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 1, 4) AS INTEGER) = 0 AND prev_last_move IS NULL) OR (prev_shape IS NOT NULL AND prev_last_move IS NOT NULL AND prev_last_move = CAST(substr(prev_shape, 1, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_move FOREIGN KEY(chain, prev_seq, prev_last_move) REFERENCES move (chain, seq, n),
    CONSTRAINT ck_entry_last_signature CHECK ((prev_shape IS NULL AND prev_last_signature IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 5, 4) AS INTEGER) = 0 AND prev_last_signature IS NULL) OR (prev_shape IS NOT NULL AND prev_last_signature IS NOT NULL AND prev_last_signature = CAST(substr(prev_shape, 5, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_signature FOREIGN KEY(chain, prev_seq, prev_last_signature) REFERENCES signature (chain, seq, n),
    CONSTRAINT ck_entry_last_subject CHECK ((prev_shape IS NULL AND prev_last_subject IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 9, 4) AS INTEGER) = 0 AND prev_last_subject IS NULL) OR (prev_shape IS NOT NULL AND prev_last_subject IS NOT NULL AND prev_last_subject = CAST(substr(prev_shape, 9, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_subject FOREIGN KEY(chain, prev_seq, prev_last_subject) REFERENCES subject (chain, seq, n),
    CONSTRAINT ck_entry_last_lineage CHECK ((prev_shape IS NULL AND prev_last_lineage IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 13, 4) AS INTEGER) = 0 AND prev_last_lineage IS NULL) OR (prev_shape IS NOT NULL AND prev_last_lineage IS NOT NULL AND prev_last_lineage = CAST(substr(prev_shape, 13, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_lineage FOREIGN KEY(chain, prev_seq, prev_last_lineage) REFERENCES lineage (chain, seq, n),
    CONSTRAINT ck_entry_last_value CHECK ((prev_shape IS NULL AND prev_last_value IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 17, 4) AS INTEGER) = 0 AND prev_last_value IS NULL) OR (prev_shape IS NOT NULL AND prev_last_value IS NOT NULL AND prev_last_value = CAST(substr(prev_shape, 17, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_value FOREIGN KEY(chain, prev_seq, prev_last_value) REFERENCES value (chain, seq, n),
    CONSTRAINT ck_entry_last_label CHECK ((prev_shape IS NULL AND prev_last_label IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 21, 4) AS INTEGER) = 0 AND prev_last_label IS NULL) OR (prev_shape IS NOT NULL AND prev_last_label IS NOT NULL AND prev_last_label = CAST(substr(prev_shape, 21, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_label FOREIGN KEY(chain, prev_seq, prev_last_label) REFERENCES label (chain, seq, n),
    CONSTRAINT ck_entry_last_label_turn CHECK ((prev_shape IS NULL AND prev_last_label_turn IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 25, 4) AS INTEGER) = 0 AND prev_last_label_turn IS NULL) OR (prev_shape IS NOT NULL AND prev_last_label_turn IS NOT NULL AND prev_last_label_turn = CAST(substr(prev_shape, 25, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_label_turn FOREIGN KEY(chain, prev_seq, prev_last_label_turn) REFERENCES label_turn (chain, seq, n),
    CONSTRAINT ck_entry_last_wristband CHECK ((prev_shape IS NULL AND prev_last_wristband IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 29, 4) AS INTEGER) = 0 AND prev_last_wristband IS NULL) OR (prev_shape IS NOT NULL AND prev_last_wristband IS NOT NULL AND prev_last_wristband = CAST(substr(prev_shape, 29, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_wristband FOREIGN KEY(chain, prev_seq, prev_last_wristband) REFERENCES wristband (chain, seq, n),
    CONSTRAINT ck_entry_last_attestation CHECK ((prev_shape IS NULL AND prev_last_attestation IS NULL) OR (prev_shape IS NOT NULL AND CAST(substr(prev_shape, 33, 4) AS INTEGER) = 0 AND prev_last_attestation IS NULL) OR (prev_shape IS NOT NULL AND prev_last_attestation IS NOT NULL AND prev_last_attestation = CAST(substr(prev_shape, 33, 4) AS INTEGER))),
    CONSTRAINT fk_entry_last_attestation FOREIGN KEY(chain, prev_seq, prev_last_attestation) REFERENCES attestation (chain, seq, n)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE move (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    signatures INTEGER NOT NULL,
    unit TEXT NOT NULL,
    chain_stops INTEGER NOT NULL,
    transcription TEXT NOT NULL,
    subject TEXT NOT NULL,
    born_seq INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    prev_turn INTEGER,
    workflow TEXT NOT NULL,
    machine TEXT NOT NULL,
    action TEXT NOT NULL,
    from_version INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    holder_before TEXT NOT NULL,
    consignee_before TEXT NOT NULL,
    stops_before INTEGER NOT NULL,
    inside_before TEXT NOT NULL,
    version INTEGER NOT NULL,
    to_state TEXT NOT NULL,
    holder_after TEXT NOT NULL,
    holder_kind TEXT NOT NULL,
    consignee_after TEXT NOT NULL,
    stops_after INTEGER NOT NULL,
    inside_after TEXT NOT NULL,
    put_into TEXT,
    package TEXT,
    package_turn INTEGER,
    package_custody TEXT,
    custody TEXT NOT NULL,
    packing TEXT NOT NULL,
    stop_effect INTEGER NOT NULL,
    while_stopped INTEGER NOT NULL,
    scans INTEGER NOT NULL,
    patient INTEGER NOT NULL,
    on_paper INTEGER NOT NULL,
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
    CONSTRAINT fk_move_deed FOREIGN KEY(chain, seq, workflow, version, unit, chain_stops, transcription) REFERENCES entry (chain, seq, workflow, version, unit, prev_stops, transcription),
    CONSTRAINT fk_move_subject FOREIGN KEY(chain, subject, machine, born_seq, workflow) REFERENCES subject (chain, id, machine, seq, workflow),
    CONSTRAINT fk_move_before FOREIGN KEY(chain, subject, prev_turn, from_version, from_state, holder_before, consignee_before, stops_before, inside_before) REFERENCES move (chain, subject, turn, version, to_state, holder_after, consignee_after, stops_after, inside_after),
    CONSTRAINT fk_move_transition FOREIGN KEY(workflow, from_version, version, machine, action, from_state, to_state, custody, stop_effect, while_stopped, scans, patient, signatures, on_paper, packing) REFERENCES transition (workflow, from_version, version, machine, action, from_state, to_state, custody, stop_effect, while_stopped, scans, patient, signatures, on_paper, packing),
    CONSTRAINT fk_move_holder FOREIGN KEY(holder_after, holder_kind) REFERENCES party (id, kind),
    CONSTRAINT fk_move_consignee FOREIGN KEY(consignee_after) REFERENCES party (id),
    CONSTRAINT fk_move_put_into FOREIGN KEY(chain, seq, put_into, subject) REFERENCES lineage (chain, seq, package, parent_id),
    CONSTRAINT fk_move_package FOREIGN KEY(chain, seq, package, package_turn, package_custody) REFERENCES move (chain, seq, subject, turn, custody),
    CONSTRAINT fk_move_label FOREIGN KEY(label_serial, chain, subject) REFERENCES label (serial, chain, subject),
    CONSTRAINT fk_move_patient FOREIGN KEY(chain, patient_id) REFERENCES therapy (coi, patient_id),
    CONSTRAINT fk_move_wristband FOREIGN KEY(wristband, patient_id) REFERENCES wristband (serial, patient_id),
    CONSTRAINT ck_move_count CHECK (n <= CAST(substr(shape, 1, 4) AS INTEGER)),
    CONSTRAINT ck_move_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_move_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES move (chain, seq, n),
    CONSTRAINT fk_move_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE signature (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
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
    CONSTRAINT fk_signature_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind),
    CONSTRAINT ck_signature_count CHECK (n <= CAST(substr(shape, 5, 4) AS INTEGER)),
    CONSTRAINT ck_signature_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_signature_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES signature (chain, seq, n),
    CONSTRAINT fk_signature_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE subject (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    id TEXT NOT NULL,
    machine TEXT NOT NULL,
    workflow TEXT NOT NULL,
    origin_id TEXT,
    origin_born INTEGER,
    CONSTRAINT pk_subject PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_subject_id UNIQUE (id),
    CONSTRAINT uq_subject_chain UNIQUE (chain, id),
    CONSTRAINT uq_subject_born UNIQUE (chain, id, seq),
    CONSTRAINT uq_subject_move UNIQUE (chain, id, machine, seq, workflow),
    CONSTRAINT ck_subject_origin CHECK ((machine = 'therapy' AND seq = 0 AND origin_id IS NULL AND origin_born IS NULL) OR (machine <> 'therapy' AND origin_id IS NOT NULL AND origin_born IS NOT NULL AND origin_born < seq)),
    CONSTRAINT ck_subject_id CHECK ((machine = 'therapy' AND id = chain) OR (machine <> 'therapy' AND id = chain || '/' || CAST(seq AS TEXT) || '.' || CAST(n AS TEXT))),
    CONSTRAINT fk_subject_origin FOREIGN KEY(chain, origin_id, origin_born) REFERENCES subject (chain, id, seq),
    CONSTRAINT fk_subject_therapy FOREIGN KEY(chain, workflow) REFERENCES therapy (coi, workflow),
    CONSTRAINT ck_subject_count CHECK (n <= CAST(substr(shape, 9, 4) AS INTEGER)),
    CONSTRAINT ck_subject_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_subject_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES subject (chain, seq, n),
    CONSTRAINT fk_subject_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE lineage (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    child_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    parent_born INTEGER NOT NULL,
    relation TEXT NOT NULL,
    package TEXT,
    CONSTRAINT pk_lineage PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_lineage_pair UNIQUE (chain, child_id, parent_id),
    CONSTRAINT uq_lineage_package UNIQUE (chain, seq, package, parent_id),
    CONSTRAINT ck_lineage_relation CHECK (relation IN ('made_of', 'packed_in')),
    CONSTRAINT ck_lineage_package CHECK ((relation = 'packed_in' AND package IS NOT NULL AND package = child_id) OR (relation <> 'packed_in' AND package IS NULL)),
    CONSTRAINT ck_lineage_parent_is_older CHECK (parent_born < seq),
    CONSTRAINT fk_lineage_child FOREIGN KEY(chain, child_id, seq) REFERENCES subject (chain, id, seq),
    CONSTRAINT fk_lineage_parent FOREIGN KEY(chain, parent_id, parent_born) REFERENCES subject (chain, id, seq),
    CONSTRAINT ck_lineage_count CHECK (n <= CAST(substr(shape, 13, 4) AS INTEGER)),
    CONSTRAINT ck_lineage_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_lineage_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES lineage (chain, seq, n),
    CONSTRAINT fk_lineage_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE value (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    prev_revision INTEGER,
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
    CONSTRAINT fk_value_subject FOREIGN KEY(chain, subject) REFERENCES subject (chain, id),
    CONSTRAINT fk_value_revised FOREIGN KEY(chain, subject, field, occurrence, prev_revision) REFERENCES value (chain, subject, field, occurrence, revision),
    CONSTRAINT ck_value_count CHECK (n <= CAST(substr(shape, 17, 4) AS INTEGER)),
    CONSTRAINT ck_value_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_value_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES value (chain, seq, n),
    CONSTRAINT fk_value_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE label (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    serial TEXT NOT NULL,
    subject TEXT NOT NULL,
    template TEXT NOT NULL,
    issue INTEGER NOT NULL,
    prev_issue INTEGER,
    replaces TEXT,
    CONSTRAINT pk_label PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_label_serial UNIQUE (serial),
    CONSTRAINT uq_label_chain UNIQUE (serial, chain),
    CONSTRAINT uq_label_subject UNIQUE (serial, chain, subject),
    CONSTRAINT uq_label_issue UNIQUE (chain, subject, issue),
    CONSTRAINT uq_label_next UNIQUE (serial, chain, subject, issue),
    CONSTRAINT ck_label_issue CHECK ((issue = 1 AND prev_issue IS NULL AND replaces IS NULL) OR (issue > 1 AND prev_issue IS NOT NULL AND prev_issue = issue - 1 AND replaces IS NOT NULL)),
    CONSTRAINT fk_label_subject FOREIGN KEY(chain, subject) REFERENCES subject (chain, id),
    CONSTRAINT fk_label_before FOREIGN KEY(replaces, chain, subject, prev_issue) REFERENCES label (serial, chain, subject, issue),
    CONSTRAINT fk_label_voided FOREIGN KEY(replaces) REFERENCES label_turn (voided),
    CONSTRAINT ck_label_count CHECK (n <= CAST(substr(shape, 21, 4) AS INTEGER)),
    CONSTRAINT ck_label_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_label_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES label (chain, seq, n),
    CONSTRAINT fk_label_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE label_turn (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    serial TEXT NOT NULL,
    turn INTEGER NOT NULL,
    prev_turn INTEGER,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    how TEXT NOT NULL,
    reason TEXT NOT NULL,
    pieces INTEGER NOT NULL,
    voided TEXT,
    CONSTRAINT pk_label_turn PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_label_turn_turn UNIQUE (serial, turn),
    CONSTRAINT uq_label_turn_after UNIQUE (chain, serial, turn, "after"),
    CONSTRAINT uq_label_turn_voided UNIQUE (voided),
    CONSTRAINT ck_label_turn_turn CHECK ((turn = 1 AND prev_turn IS NULL AND before = 'issued') OR (turn > 1 AND prev_turn IS NOT NULL AND prev_turn = turn - 1)),
    CONSTRAINT ck_label_turn_change CHECK ((before = 'applied' AND after = 'voided') OR (before = 'issued' AND after = 'printed') OR (before = 'issued' AND after = 'voided') OR (before = 'printed' AND after = 'verified') OR (before = 'printed' AND after = 'voided') OR (before = 'verified' AND after = 'applied') OR (before = 'verified' AND after = 'voided') OR (before = 'voided' AND after = 'destroyed') OR (before = 'voided' AND after = 'lost') OR (before = 'voided' AND after = 'returned')),
    CONSTRAINT ck_label_turn_how CHECK ((after = 'verified' AND how IN ('scanned', 'camera')) OR (after <> 'verified' AND how = '-')),
    CONSTRAINT ck_label_turn_reason CHECK (after NOT IN ('lost', 'returned', 'voided') OR reason <> '-'),
    CONSTRAINT ck_label_turn_witness CHECK (after NOT IN ('destroyed', 'lost') OR CAST(substr(shape, 5, 4) AS INTEGER) > 1),
    CONSTRAINT ck_label_turn_pieces CHECK ((after NOT IN ('destroyed', 'lost', 'returned') AND pieces = 0) OR (after = 'destroyed' AND pieces BETWEEN 0 AND 9) OR (after IN ('lost', 'returned') AND pieces BETWEEN 1 AND 9)),
    CONSTRAINT ck_label_turn_voided CHECK ((after = 'voided' AND voided IS NOT NULL AND voided = serial) OR (after <> 'voided' AND voided IS NULL)),
    CONSTRAINT fk_label_turn_label FOREIGN KEY(serial, chain) REFERENCES label (serial, chain),
    CONSTRAINT fk_label_turn_before FOREIGN KEY(chain, serial, prev_turn, "before") REFERENCES label_turn (chain, serial, turn, "after"),
    CONSTRAINT ck_label_turn_count CHECK (n <= CAST(substr(shape, 25, 4) AS INTEGER)),
    CONSTRAINT ck_label_turn_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_label_turn_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES label_turn (chain, seq, n),
    CONSTRAINT fk_label_turn_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE wristband (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    serial TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    issue INTEGER NOT NULL,
    CONSTRAINT pk_wristband PRIMARY KEY (chain, seq, n),
    CONSTRAINT uq_wristband_serial UNIQUE (serial),
    CONSTRAINT uq_wristband_patient UNIQUE (serial, patient_id),
    CONSTRAINT uq_wristband_issue UNIQUE (patient_id, issue),
    CONSTRAINT ck_wristband_issue CHECK (issue >= 1),
    CONSTRAINT fk_wristband_therapy FOREIGN KEY(chain, patient_id) REFERENCES therapy (coi, patient_id),
    CONSTRAINT ck_wristband_count CHECK (n <= CAST(substr(shape, 29, 4) AS INTEGER)),
    CONSTRAINT ck_wristband_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_wristband_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES wristband (chain, seq, n),
    CONSTRAINT fk_wristband_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE attestation (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    prev_n INTEGER,
    content_hash TEXT NOT NULL,
    shape TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    holds INTEGER NOT NULL,
    valid_until TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_attestation PRIMARY KEY (chain, seq, n),
    CONSTRAINT ck_attestation_kind CHECK (kind IN ('role', 'training', 'template', 'shipper', 'policy', 'proofing', 'active', 'name', 'clock', 'secret', 'place', 'bench', 'drill', 'restore', 'dialect', 'printer', 'badge', 'pin', 'verification', 'factor', 'device', 'device_rule', 'second_device_rule', 'device_test', 'sign_on', 'capture', 'capture_fork', 'permit', 'hours', 'equipment')),
    CONSTRAINT ck_attestation_holds CHECK (holds IN (0, 1)),
    CONSTRAINT ck_attestation_valid_until CHECK (valid_until = '-' OR valid_until LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_attestation_count CHECK (n <= CAST(substr(shape, 33, 4) AS INTEGER)),
    CONSTRAINT ck_attestation_order CHECK ((n = 1 AND prev_n IS NULL) OR (n > 1 AND prev_n IS NOT NULL AND prev_n = n - 1)),
    CONSTRAINT fk_attestation_prev FOREIGN KEY(chain, seq, prev_n) REFERENCES attestation (chain, seq, n),
    CONSTRAINT fk_attestation_entry FOREIGN KEY(chain, seq, content_hash, shape) REFERENCES entry (chain, seq, content_hash, shape)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE position (
    chain TEXT NOT NULL,
    subject TEXT NOT NULL,
    turn INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    consignee TEXT NOT NULL,
    stops INTEGER NOT NULL,
    inside TEXT NOT NULL,
    CONSTRAINT pk_position PRIMARY KEY (chain, subject),
    CONSTRAINT fk_position_move FOREIGN KEY(chain, subject, turn, version, state, holder, consignee, stops, inside) REFERENCES move (chain, subject, turn, version, to_state, holder_after, consignee_after, stops_after, inside_after)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE tree_leaf (
    n INTEGER NOT NULL,
    prev_n INTEGER,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    prev_seq INTEGER,
    hash TEXT NOT NULL,
    CONSTRAINT pk_tree_leaf PRIMARY KEY (n),
    CONSTRAINT uq_tree_leaf_entry UNIQUE (chain, seq),
    CONSTRAINT ck_tree_leaf_dense CHECK (n >= 0 AND ((n = 0 AND prev_n IS NULL) OR (n > 0 AND prev_n IS NOT NULL AND prev_n = n - 1))),
    CONSTRAINT ck_tree_leaf_order CHECK ((seq = 0 AND prev_seq IS NULL) OR (seq > 0 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)),
    CONSTRAINT fk_tree_leaf_prev FOREIGN KEY(prev_n) REFERENCES tree_leaf (n),
    CONSTRAINT fk_tree_leaf_order FOREIGN KEY(chain, prev_seq) REFERENCES tree_leaf (chain, seq),
    CONSTRAINT fk_tree_leaf_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE tree_node (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_tree_node PRIMARY KEY (level, number),
    CONSTRAINT ck_tree_node_above CHECK (level > 0 AND number >= 0)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE checkpoint (
    n INTEGER NOT NULL,
    prev_n INTEGER,
    size INTEGER NOT NULL,
    prev_size INTEGER,
    last INTEGER NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_checkpoint PRIMARY KEY (n),
    CONSTRAINT uq_checkpoint_size UNIQUE (n, size),
    CONSTRAINT ck_checkpoint_grows CHECK (n >= 0 AND size > 0 AND ((n = 0 AND prev_n IS NULL AND prev_size IS NULL) OR (n > 0 AND prev_n IS NOT NULL AND prev_n = n - 1 AND prev_size IS NOT NULL AND prev_size < size))),
    CONSTRAINT ck_checkpoint_last CHECK (last = size - 1),
    CONSTRAINT fk_checkpoint_prev FOREIGN KEY(prev_n, prev_size) REFERENCES checkpoint (n, size),
    CONSTRAINT fk_checkpoint_last FOREIGN KEY(last) REFERENCES tree_leaf (n)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE erasable (
    commitment TEXT NOT NULL,
    salt TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_erasable PRIMARY KEY (commitment)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE patient_key (
    patient_id TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    CONSTRAINT pk_patient_key PRIMARY KEY (patient_id),
    CONSTRAINT fk_patient_key_party FOREIGN KEY(patient_id) REFERENCES party (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE patient_identity (
    patient_id TEXT NOT NULL,
    field TEXT NOT NULL,
    nonce TEXT NOT NULL,
    ciphertext TEXT NOT NULL,
    commitment TEXT NOT NULL,
    CONSTRAINT pk_patient_identity PRIMARY KEY (patient_id, field),
    CONSTRAINT fk_patient_identity_party FOREIGN KEY(patient_id) REFERENCES party (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE credential (
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    set_at TEXT NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (person),
    CONSTRAINT ck_credential_person_kind CHECK (person_kind = 'person'),
    CONSTRAINT fk_credential_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE request (
    "key" TEXT NOT NULL,
    actor TEXT NOT NULL,
    digest TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_request PRIMARY KEY ("key"),
    CONSTRAINT fk_request_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
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
    CONSTRAINT ck_session_held_by CHECK (held_by IN ('browser', 'program')),
    CONSTRAINT fk_session_person FOREIGN KEY(person) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE failed_sign_in (
    account TEXT NOT NULL,
    last_at TEXT NOT NULL,
    failures INTEGER NOT NULL,
    CONSTRAINT pk_failed_sign_in PRIMARY KEY (account)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE factor (
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed TEXT NOT NULL,
    counter INTEGER NOT NULL,
    CONSTRAINT pk_factor PRIMARY KEY (id),
    CONSTRAINT ck_factor_kind CHECK (kind IN ('totp', 'passkey')),
    CONSTRAINT ck_factor_person_kind CHECK (person_kind = 'person'),
    CONSTRAINT fk_factor_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE challenge (
    id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CONSTRAINT pk_challenge PRIMARY KEY (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE pin (
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    set_at TEXT NOT NULL,
    CONSTRAINT pk_pin PRIMARY KEY (person),
    CONSTRAINT ck_pin_person_kind CHECK (person_kind = 'person'),
    CONSTRAINT fk_pin_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE preference (
    person TEXT NOT NULL,
    person_kind TEXT NOT NULL,
    language TEXT NOT NULL,
    CONSTRAINT pk_preference PRIMARY KEY (person),
    CONSTRAINT ck_preference_person_kind CHECK (person_kind = 'person'),
    CONSTRAINT fk_preference_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
)
 WITHOUT ROWID,
 STRICT
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
    CONSTRAINT ck_token_person_kind CHECK (person_kind = 'service'),
    CONSTRAINT fk_token_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
)
 WITHOUT ROWID,
 STRICT
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
    CONSTRAINT ck_signature_grant_person_kind CHECK (person_kind = 'person'),
    CONSTRAINT fk_signature_grant_person FOREIGN KEY(person, person_kind) REFERENCES person (id, kind)
)
 WITHOUT ROWID,
 STRICT
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
    version INTEGER NOT NULL,
    CONSTRAINT pk_errand PRIMARY KEY (id),
    CONSTRAINT fk_errand_chain FOREIGN KEY(chain) REFERENCES chain (id),
    CONSTRAINT fk_errand_person FOREIGN KEY(person) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE task (
    chain TEXT NOT NULL,
    place TEXT NOT NULL,
    roles TEXT NOT NULL,
    due_at TEXT NOT NULL,
    phase TEXT NOT NULL,
    held TEXT NOT NULL,
    actions TEXT NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (chain, place, roles),
    CONSTRAINT fk_task_chain FOREIGN KEY(chain) REFERENCES chain (id)
)
 WITHOUT ROWID,
 STRICT
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
    CONSTRAINT pk_exception PRIMARY KEY (chain, subject, site),
    CONSTRAINT fk_exception_chain FOREIGN KEY(chain) REFERENCES chain (id)
)
 WITHOUT ROWID,
 STRICT
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
    CONSTRAINT ck_alarm_raised CHECK ((state = 'waiting') = (raised_at = '-')),
    CONSTRAINT fk_alarm_chain FOREIGN KEY(chain) REFERENCES chain (id)
)
 WITHOUT ROWID,
 STRICT
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
    failures INTEGER NOT NULL,
    CONSTRAINT pk_webhook PRIMARY KEY (id),
    CONSTRAINT ck_webhook_state CHECK (state IN ('active', 'paused', 'gone')),
    CONSTRAINT ck_webhook_quiet_until CHECK (quiet_until LIKE '____-__-__T__:__:__.______Z')
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE delivery (
    webhook TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    due_at TEXT NOT NULL,
    claim TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    settled_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (webhook, chain, seq),
    CONSTRAINT ck_delivery_state CHECK (state IN ('waiting', 'sending', 'delivered', 'dead')),
    CONSTRAINT ck_delivery_due_at CHECK (due_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT fk_delivery_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE donation_turn (
    number TEXT NOT NULL,
    CONSTRAINT pk_donation_turn PRIMARY KEY (number)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE saved_view (
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    "query" TEXT NOT NULL,
    CONSTRAINT pk_saved_view PRIMARY KEY (person, name),
    CONSTRAINT fk_saved_view_person FOREIGN KEY(person) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE held_file (
    chain TEXT NOT NULL,
    reference TEXT NOT NULL,
    person TEXT NOT NULL,
    commitment TEXT NOT NULL,
    salt TEXT NOT NULL,
    held_at TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    sealed TEXT NOT NULL,
    CONSTRAINT pk_held_file PRIMARY KEY (chain, reference),
    CONSTRAINT uq_held_file_commitment UNIQUE (commitment),
    CONSTRAINT fk_held_file_chain FOREIGN KEY(chain) REFERENCES chain (id),
    CONSTRAINT fk_held_file_person FOREIGN KEY(person) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE print_line (
    printer TEXT NOT NULL,
    therapy TEXT NOT NULL,
    job TEXT NOT NULL,
    since TEXT NOT NULL,
    CONSTRAINT pk_print_line PRIMARY KEY (printer),
    CONSTRAINT ck_print_line_since CHECK (since LIKE '____-__-__T__:__:__.______Z')
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE print_job (
    id TEXT NOT NULL,
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
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
    CONSTRAINT ck_print_job_ended_at CHECK (ended_at = '-' OR ended_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT fk_print_job_entry FOREIGN KEY(chain, seq) REFERENCES entry (chain, seq)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE batch_run (
    "key" TEXT NOT NULL,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    claim TEXT NOT NULL,
    made_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    CONSTRAINT pk_batch_run PRIMARY KEY ("key"),
    CONSTRAINT ck_batch_run_kind CHECK (kind IN ('labels', 'custody_records')),
    CONSTRAINT ck_batch_run_state CHECK (state IN ('going', 'stopped', 'ended')),
    CONSTRAINT ck_batch_run_claim CHECK (state = 'going' OR claim = '-'),
    CONSTRAINT ck_batch_run_made_at CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_batch_run_due_at CHECK (due_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT fk_batch_run_person FOREIGN KEY(person) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE batch_part (
    "key" TEXT NOT NULL,
    n INTEGER NOT NULL,
    about TEXT NOT NULL,
    sealed TEXT NOT NULL,
    CONSTRAINT pk_batch_part PRIMARY KEY ("key", n),
    CONSTRAINT fk_batch_part_run FOREIGN KEY("key") REFERENCES batch_run ("key")
)
 WITHOUT ROWID,
 STRICT
-- next
CREATE TABLE stock_take (
    id TEXT NOT NULL,
    unit TEXT NOT NULL,
    place TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    closed_in TEXT NOT NULL,
    closed_seq INTEGER NOT NULL,
    CONSTRAINT pk_stock_take PRIMARY KEY (id),
    CONSTRAINT ck_stock_take_opened_at CHECK (opened_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_stock_take_closed_at CHECK (closed_at = '-' OR closed_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_stock_take_closed CHECK ((closed_at = '-' AND closed_in = '-' AND closed_seq = 0) OR (closed_at <> '-' AND closed_in <> '-' AND closed_seq >= 0)),
    CONSTRAINT fk_stock_take_unit FOREIGN KEY(unit) REFERENCES unit (id),
    CONSTRAINT fk_stock_take_person FOREIGN KEY(opened_by) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
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
    n INTEGER NOT NULL,
    CONSTRAINT pk_stock_scan PRIMARY KEY (stock_take, code),
    CONSTRAINT uq_stock_scan_n UNIQUE (stock_take, n),
    CONSTRAINT ck_stock_scan_finding CHECK (finding IN ('found', 'found, no place on record', 'elsewhere', 'not here', 'dead label', 'unknown', 'foreign')),
    CONSTRAINT ck_stock_scan_how CHECK (how IN ('scanned', 'camera', 'typed')),
    CONSTRAINT ck_stock_scan_n CHECK (n > 0),
    CONSTRAINT ck_stock_scan_scanned_at CHECK (scanned_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT fk_stock_scan_stock_take FOREIGN KEY(stock_take) REFERENCES stock_take (id),
    CONSTRAINT fk_stock_scan_person FOREIGN KEY(person) REFERENCES person (id)
)
 WITHOUT ROWID,
 STRICT
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
CREATE TRIGGER lock_party_insert BEFORE INSERT ON party BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM party WHERE id = NEW.id)
    THEN RAISE(ABORT, 'pk_party')
  END;
END
-- next
CREATE TRIGGER lock_party_update BEFORE UPDATE ON party BEGIN
  SELECT RAISE(ABORT, 'lock_party_update');
END
-- next
CREATE TRIGGER lock_party_delete BEFORE DELETE ON party BEGIN
  SELECT RAISE(ABORT, 'lock_party_delete');
END
-- next
CREATE TRIGGER lock_site_insert BEFORE INSERT ON site BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM site WHERE id = NEW.id)
    THEN RAISE(ABORT, 'pk_site')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_site_entry')
  END;
END
-- next
CREATE TRIGGER lock_site_update BEFORE UPDATE ON site BEGIN
  SELECT RAISE(ABORT, 'lock_site_update');
END
-- next
CREATE TRIGGER lock_site_delete BEFORE DELETE ON site BEGIN
  SELECT RAISE(ABORT, 'lock_site_delete');
END
-- next
CREATE TRIGGER lock_unit_insert BEFORE INSERT ON unit BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM unit WHERE id = NEW.id)
    THEN RAISE(ABORT, 'pk_unit')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_unit_entry')
    WHEN NOT EXISTS (SELECT 1 FROM party WHERE id = NEW.id AND kind = NEW.kind)
    THEN RAISE(ABORT, 'fk_unit_party')
    WHEN NOT EXISTS (SELECT 1 FROM site WHERE id = NEW.site)
    THEN RAISE(ABORT, 'fk_unit_site')
  END;
END
-- next
CREATE TRIGGER lock_unit_update BEFORE UPDATE ON unit BEGIN
  SELECT RAISE(ABORT, 'lock_unit_update');
END
-- next
CREATE TRIGGER lock_unit_delete BEFORE DELETE ON unit BEGIN
  SELECT RAISE(ABORT, 'lock_unit_delete');
END
-- next
CREATE TRIGGER lock_person_insert BEFORE INSERT ON person BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM person WHERE id = NEW.id)
    THEN RAISE(ABORT, 'pk_person')
    WHEN NEW.chain IS NOT NULL AND NEW.seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_person_entry')
  END;
END
-- next
CREATE TRIGGER lock_person_update BEFORE UPDATE ON person BEGIN
  SELECT RAISE(ABORT, 'lock_person_update');
END
-- next
CREATE TRIGGER lock_person_delete BEFORE DELETE ON person BEGIN
  SELECT RAISE(ABORT, 'lock_person_delete');
END
-- next
CREATE TRIGGER lock_account_insert BEFORE INSERT ON account BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM account WHERE username = NEW.username)
    THEN RAISE(ABORT, 'pk_account')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_account_entry')
    WHEN NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.person)
    THEN RAISE(ABORT, 'fk_account_person')
  END;
END
-- next
CREATE TRIGGER lock_account_update BEFORE UPDATE ON account BEGIN
  SELECT RAISE(ABORT, 'lock_account_update');
END
-- next
CREATE TRIGGER lock_account_delete BEFORE DELETE ON account BEGIN
  SELECT RAISE(ABORT, 'lock_account_delete');
END
-- next
CREATE TRIGGER lock_workflow_insert BEFORE INSERT ON workflow BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM workflow WHERE name = NEW.name AND version = NEW.version)
    THEN RAISE(ABORT, 'pk_workflow')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_workflow_entry')
  END;
END
-- next
CREATE TRIGGER lock_workflow_update BEFORE UPDATE ON workflow BEGIN
  SELECT RAISE(ABORT, 'lock_workflow_update');
END
-- next
CREATE TRIGGER lock_workflow_delete BEFORE DELETE ON workflow BEGIN
  SELECT RAISE(ABORT, 'lock_workflow_delete');
END
-- next
CREATE TRIGGER lock_transition_insert BEFORE INSERT ON transition BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM transition WHERE workflow = NEW.workflow AND from_version = NEW.from_version AND version = NEW.version AND machine = NEW.machine AND action = NEW.action AND from_state = NEW.from_state AND to_state = NEW.to_state AND custody = NEW.custody AND stop_effect = NEW.stop_effect AND while_stopped = NEW.while_stopped AND scans = NEW.scans AND patient = NEW.patient AND signatures = NEW.signatures AND on_paper = NEW.on_paper AND packing = NEW.packing)
    THEN RAISE(ABORT, 'pk_transition')
    WHEN EXISTS (SELECT 1 FROM transition WHERE workflow = NEW.workflow AND version = NEW.version AND n = NEW.n)
    THEN RAISE(ABORT, 'uq_transition_n')
    WHEN NOT EXISTS (SELECT 1 FROM workflow WHERE name = NEW.workflow AND version = NEW.version AND transitions = NEW.transitions)
    THEN RAISE(ABORT, 'fk_transition_workflow')
  END;
END
-- next
CREATE TRIGGER lock_transition_update BEFORE UPDATE ON transition BEGIN
  SELECT RAISE(ABORT, 'lock_transition_update');
END
-- next
CREATE TRIGGER lock_transition_delete BEFORE DELETE ON transition BEGIN
  SELECT RAISE(ABORT, 'lock_transition_delete');
END
-- next
CREATE TRIGGER lock_label_template_insert BEFORE INSERT ON label_template BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM label_template WHERE name = NEW.name AND version = NEW.version)
    THEN RAISE(ABORT, 'pk_label_template')
    WHEN EXISTS (SELECT 1 FROM label_template WHERE layout = NEW.layout)
    THEN RAISE(ABORT, 'uq_label_template_layout')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_label_template_entry')
  END;
END
-- next
CREATE TRIGGER lock_label_template_update BEFORE UPDATE ON label_template BEGIN
  SELECT RAISE(ABORT, 'lock_label_template_update');
END
-- next
CREATE TRIGGER lock_label_template_delete BEFORE DELETE ON label_template BEGIN
  SELECT RAISE(ABORT, 'lock_label_template_delete');
END
-- next
CREATE TRIGGER lock_chain_insert BEFORE INSERT ON chain BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM chain WHERE id = NEW.id)
    THEN RAISE(ABORT, 'pk_chain')
  END;
END
-- next
CREATE TRIGGER lock_chain_update BEFORE UPDATE ON chain BEGIN
  SELECT RAISE(ABORT, 'lock_chain_update');
END
-- next
CREATE TRIGGER lock_chain_delete BEFORE DELETE ON chain BEGIN
  SELECT RAISE(ABORT, 'lock_chain_delete');
END
-- next
CREATE TRIGGER lock_therapy_insert BEFORE INSERT ON therapy BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM therapy WHERE coi = NEW.coi)
    THEN RAISE(ABORT, 'pk_therapy')
    WHEN NOT EXISTS (SELECT 1 FROM chain WHERE id = NEW.coi AND kind = NEW.kind)
    THEN RAISE(ABORT, 'fk_therapy_chain')
    WHEN NOT EXISTS (SELECT 1 FROM party WHERE id = NEW.patient_id AND kind = NEW.patient_kind)
    THEN RAISE(ABORT, 'fk_therapy_patient')
  END;
END
-- next
CREATE TRIGGER lock_therapy_update BEFORE UPDATE ON therapy BEGIN
  SELECT RAISE(ABORT, 'lock_therapy_update');
END
-- next
CREATE TRIGGER lock_therapy_delete BEFORE DELETE ON therapy BEGIN
  SELECT RAISE(ABORT, 'lock_therapy_delete');
END
-- next
CREATE TRIGGER lock_participation_insert BEFORE INSERT ON participation BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM participation WHERE chain = NEW.chain AND site = NEW.site)
    THEN RAISE(ABORT, 'pk_participation')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_participation_entry')
    WHEN NOT EXISTS (SELECT 1 FROM site WHERE id = NEW.site)
    THEN RAISE(ABORT, 'fk_participation_site')
    WHEN NOT EXISTS (SELECT 1 FROM therapy WHERE coi = NEW.chain)
    THEN RAISE(ABORT, 'fk_participation_therapy')
  END;
END
-- next
CREATE TRIGGER lock_participation_update BEFORE UPDATE ON participation BEGIN
  SELECT RAISE(ABORT, 'lock_participation_update');
END
-- next
CREATE TRIGGER lock_participation_delete BEFORE DELETE ON participation BEGIN
  SELECT RAISE(ABORT, 'lock_participation_delete');
END
-- next
CREATE TRIGGER lock_entry_insert BEFORE INSERT ON entry BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'pk_entry')
    WHEN NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.actor)
    THEN RAISE(ABORT, 'fk_entry_actor')
    WHEN NOT EXISTS (SELECT 1 FROM chain WHERE id = NEW.chain)
    THEN RAISE(ABORT, 'fk_entry_chain')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_attestation IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attestation WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_attestation)
    THEN RAISE(ABORT, 'fk_entry_last_attestation')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_label IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_label)
    THEN RAISE(ABORT, 'fk_entry_last_label')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_label_turn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label_turn WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_label_turn)
    THEN RAISE(ABORT, 'fk_entry_last_label_turn')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_lineage IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lineage WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_lineage)
    THEN RAISE(ABORT, 'fk_entry_last_lineage')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_move IS NOT NULL AND NOT EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_move)
    THEN RAISE(ABORT, 'fk_entry_last_move')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_signature IS NOT NULL AND NOT EXISTS (SELECT 1 FROM signature WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_signature)
    THEN RAISE(ABORT, 'fk_entry_last_signature')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_subject IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_subject)
    THEN RAISE(ABORT, 'fk_entry_last_subject')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM value WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_value)
    THEN RAISE(ABORT, 'fk_entry_last_value')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_last_wristband IS NOT NULL AND NOT EXISTS (SELECT 1 FROM wristband WHERE chain = NEW.chain AND seq = NEW.prev_seq AND n = NEW.prev_last_wristband)
    THEN RAISE(ABORT, 'fk_entry_last_wristband')
    WHEN NEW.prev_seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.prev_version IS NOT NULL AND NEW.prev_shape IS NOT NULL AND NEW.prev_transcription IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.prev_seq AND hash = NEW.prev_hash AND version = NEW.prev_version AND stops = NEW.prev_stops AND shape = NEW.prev_shape AND transcription = NEW.prev_transcription)
    THEN RAISE(ABORT, 'fk_entry_prev')
    WHEN NOT EXISTS (SELECT 1 FROM party WHERE id = NEW.unit)
    THEN RAISE(ABORT, 'fk_entry_unit')
  END;
END
-- next
CREATE TRIGGER lock_entry_update BEFORE UPDATE ON entry BEGIN
  SELECT RAISE(ABORT, 'lock_entry_update');
END
-- next
CREATE TRIGGER lock_entry_delete BEFORE DELETE ON entry BEGIN
  SELECT RAISE(ABORT, 'lock_entry_delete');
END
-- next
CREATE TRIGGER lock_move_insert BEFORE INSERT ON move BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_move')
    WHEN EXISTS (SELECT 1 FROM move WHERE subject = NEW.subject AND turn = NEW.turn)
    THEN RAISE(ABORT, 'uq_move_turn')
    WHEN NEW.prev_turn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND subject = NEW.subject AND turn = NEW.prev_turn AND version = NEW.from_version AND to_state = NEW.from_state AND holder_after = NEW.holder_before AND consignee_after = NEW.consignee_before AND stops_after = NEW.stops_before AND inside_after = NEW.inside_before)
    THEN RAISE(ABORT, 'fk_move_before')
    WHEN NOT EXISTS (SELECT 1 FROM party WHERE id = NEW.consignee_after)
    THEN RAISE(ABORT, 'fk_move_consignee')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND workflow = NEW.workflow AND version = NEW.version AND unit = NEW.unit AND prev_stops = NEW.chain_stops AND transcription = NEW.transcription)
    THEN RAISE(ABORT, 'fk_move_deed')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_move_entry')
    WHEN NOT EXISTS (SELECT 1 FROM party WHERE id = NEW.holder_after AND kind = NEW.holder_kind)
    THEN RAISE(ABORT, 'fk_move_holder')
    WHEN NEW.label_serial IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label WHERE serial = NEW.label_serial AND chain = NEW.chain AND subject = NEW.subject)
    THEN RAISE(ABORT, 'fk_move_label')
    WHEN NEW.package IS NOT NULL AND NEW.package_turn IS NOT NULL AND NEW.package_custody IS NOT NULL AND NOT EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND seq = NEW.seq AND subject = NEW.package AND turn = NEW.package_turn AND custody = NEW.package_custody)
    THEN RAISE(ABORT, 'fk_move_package')
    WHEN NEW.patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM therapy WHERE coi = NEW.chain AND patient_id = NEW.patient_id)
    THEN RAISE(ABORT, 'fk_move_patient')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_move_prev')
    WHEN NEW.put_into IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lineage WHERE chain = NEW.chain AND seq = NEW.seq AND package = NEW.put_into AND parent_id = NEW.subject)
    THEN RAISE(ABORT, 'fk_move_put_into')
    WHEN NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND id = NEW.subject AND machine = NEW.machine AND seq = NEW.born_seq AND workflow = NEW.workflow)
    THEN RAISE(ABORT, 'fk_move_subject')
    WHEN NOT EXISTS (SELECT 1 FROM transition WHERE workflow = NEW.workflow AND from_version = NEW.from_version AND version = NEW.version AND machine = NEW.machine AND action = NEW.action AND from_state = NEW.from_state AND to_state = NEW.to_state AND custody = NEW.custody AND stop_effect = NEW.stop_effect AND while_stopped = NEW.while_stopped AND scans = NEW.scans AND patient = NEW.patient AND signatures = NEW.signatures AND on_paper = NEW.on_paper AND packing = NEW.packing)
    THEN RAISE(ABORT, 'fk_move_transition')
    WHEN NEW.wristband IS NOT NULL AND NEW.patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM wristband WHERE serial = NEW.wristband AND patient_id = NEW.patient_id)
    THEN RAISE(ABORT, 'fk_move_wristband')
  END;
END
-- next
CREATE TRIGGER lock_move_update BEFORE UPDATE ON move BEGIN
  SELECT RAISE(ABORT, 'lock_move_update');
END
-- next
CREATE TRIGGER lock_move_delete BEFORE DELETE ON move BEGIN
  SELECT RAISE(ABORT, 'lock_move_delete');
END
-- next
CREATE TRIGGER lock_signature_insert BEFORE INSERT ON signature BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM signature WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_signature')
    WHEN EXISTS (SELECT 1 FROM signature WHERE chain = NEW.chain AND seq = NEW.seq AND person = NEW.person)
    THEN RAISE(ABORT, 'uq_signature_person')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_signature_entry')
    WHEN NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.person AND kind = NEW.person_kind)
    THEN RAISE(ABORT, 'fk_signature_person')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM signature WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_signature_prev')
  END;
END
-- next
CREATE TRIGGER lock_signature_update BEFORE UPDATE ON signature BEGIN
  SELECT RAISE(ABORT, 'lock_signature_update');
END
-- next
CREATE TRIGGER lock_signature_delete BEFORE DELETE ON signature BEGIN
  SELECT RAISE(ABORT, 'lock_signature_delete');
END
-- next
CREATE TRIGGER lock_subject_insert BEFORE INSERT ON subject BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_subject')
    WHEN EXISTS (SELECT 1 FROM subject WHERE id = NEW.id)
    THEN RAISE(ABORT, 'uq_subject_id')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_subject_entry')
    WHEN NEW.origin_id IS NOT NULL AND NEW.origin_born IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND id = NEW.origin_id AND seq = NEW.origin_born)
    THEN RAISE(ABORT, 'fk_subject_origin')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_subject_prev')
    WHEN NOT EXISTS (SELECT 1 FROM therapy WHERE coi = NEW.chain AND workflow = NEW.workflow)
    THEN RAISE(ABORT, 'fk_subject_therapy')
  END;
END
-- next
CREATE TRIGGER lock_subject_update BEFORE UPDATE ON subject BEGIN
  SELECT RAISE(ABORT, 'lock_subject_update');
END
-- next
CREATE TRIGGER lock_subject_delete BEFORE DELETE ON subject BEGIN
  SELECT RAISE(ABORT, 'lock_subject_delete');
END
-- next
CREATE TRIGGER lock_lineage_insert BEFORE INSERT ON lineage BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM lineage WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_lineage')
    WHEN EXISTS (SELECT 1 FROM lineage WHERE chain = NEW.chain AND seq = NEW.seq AND package = NEW.package AND parent_id = NEW.parent_id)
    THEN RAISE(ABORT, 'uq_lineage_package')
    WHEN EXISTS (SELECT 1 FROM lineage WHERE chain = NEW.chain AND child_id = NEW.child_id AND parent_id = NEW.parent_id)
    THEN RAISE(ABORT, 'uq_lineage_pair')
    WHEN NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND id = NEW.child_id AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_lineage_child')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_lineage_entry')
    WHEN NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND id = NEW.parent_id AND seq = NEW.parent_born)
    THEN RAISE(ABORT, 'fk_lineage_parent')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lineage WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_lineage_prev')
  END;
END
-- next
CREATE TRIGGER lock_lineage_update BEFORE UPDATE ON lineage BEGIN
  SELECT RAISE(ABORT, 'lock_lineage_update');
END
-- next
CREATE TRIGGER lock_lineage_delete BEFORE DELETE ON lineage BEGIN
  SELECT RAISE(ABORT, 'lock_lineage_delete');
END
-- next
CREATE TRIGGER lock_value_insert BEFORE INSERT ON value BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM value WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_value')
    WHEN EXISTS (SELECT 1 FROM value WHERE over_label = NEW.over_label)
    THEN RAISE(ABORT, 'uq_value_over_label')
    WHEN EXISTS (SELECT 1 FROM value WHERE chain = NEW.chain AND subject = NEW.subject AND field = NEW.field AND occurrence = NEW.occurrence AND revision = NEW.revision)
    THEN RAISE(ABORT, 'uq_value_revision')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_value_entry')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM value WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_value_prev')
    WHEN NEW.prev_revision IS NOT NULL AND NOT EXISTS (SELECT 1 FROM value WHERE chain = NEW.chain AND subject = NEW.subject AND field = NEW.field AND occurrence = NEW.occurrence AND revision = NEW.prev_revision)
    THEN RAISE(ABORT, 'fk_value_revised')
    WHEN NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND id = NEW.subject)
    THEN RAISE(ABORT, 'fk_value_subject')
  END;
END
-- next
CREATE TRIGGER lock_value_update BEFORE UPDATE ON value BEGIN
  SELECT RAISE(ABORT, 'lock_value_update');
END
-- next
CREATE TRIGGER lock_value_delete BEFORE DELETE ON value BEGIN
  SELECT RAISE(ABORT, 'lock_value_delete');
END
-- next
CREATE TRIGGER lock_label_insert BEFORE INSERT ON label BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM label WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_label')
    WHEN EXISTS (SELECT 1 FROM label WHERE chain = NEW.chain AND subject = NEW.subject AND issue = NEW.issue)
    THEN RAISE(ABORT, 'uq_label_issue')
    WHEN EXISTS (SELECT 1 FROM label WHERE serial = NEW.serial)
    THEN RAISE(ABORT, 'uq_label_serial')
    WHEN NEW.replaces IS NOT NULL AND NEW.prev_issue IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label WHERE serial = NEW.replaces AND chain = NEW.chain AND subject = NEW.subject AND issue = NEW.prev_issue)
    THEN RAISE(ABORT, 'fk_label_before')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_label_entry')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_label_prev')
    WHEN NOT EXISTS (SELECT 1 FROM subject WHERE chain = NEW.chain AND id = NEW.subject)
    THEN RAISE(ABORT, 'fk_label_subject')
    WHEN NEW.replaces IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label_turn WHERE voided = NEW.replaces)
    THEN RAISE(ABORT, 'fk_label_voided')
  END;
END
-- next
CREATE TRIGGER lock_label_update BEFORE UPDATE ON label BEGIN
  SELECT RAISE(ABORT, 'lock_label_update');
END
-- next
CREATE TRIGGER lock_label_delete BEFORE DELETE ON label BEGIN
  SELECT RAISE(ABORT, 'lock_label_delete');
END
-- next
CREATE TRIGGER lock_label_turn_insert BEFORE INSERT ON label_turn BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM label_turn WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_label_turn')
    WHEN EXISTS (SELECT 1 FROM label_turn WHERE serial = NEW.serial AND turn = NEW.turn)
    THEN RAISE(ABORT, 'uq_label_turn_turn')
    WHEN EXISTS (SELECT 1 FROM label_turn WHERE voided = NEW.voided)
    THEN RAISE(ABORT, 'uq_label_turn_voided')
    WHEN NEW.prev_turn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label_turn WHERE chain = NEW.chain AND serial = NEW.serial AND turn = NEW.prev_turn AND "after" = NEW."before")
    THEN RAISE(ABORT, 'fk_label_turn_before')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_label_turn_entry')
    WHEN NOT EXISTS (SELECT 1 FROM label WHERE serial = NEW.serial AND chain = NEW.chain)
    THEN RAISE(ABORT, 'fk_label_turn_label')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM label_turn WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_label_turn_prev')
  END;
END
-- next
CREATE TRIGGER lock_label_turn_update BEFORE UPDATE ON label_turn BEGIN
  SELECT RAISE(ABORT, 'lock_label_turn_update');
END
-- next
CREATE TRIGGER lock_label_turn_delete BEFORE DELETE ON label_turn BEGIN
  SELECT RAISE(ABORT, 'lock_label_turn_delete');
END
-- next
CREATE TRIGGER lock_wristband_insert BEFORE INSERT ON wristband BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM wristband WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_wristband')
    WHEN EXISTS (SELECT 1 FROM wristband WHERE patient_id = NEW.patient_id AND issue = NEW.issue)
    THEN RAISE(ABORT, 'uq_wristband_issue')
    WHEN EXISTS (SELECT 1 FROM wristband WHERE serial = NEW.serial)
    THEN RAISE(ABORT, 'uq_wristband_serial')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_wristband_entry')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM wristband WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_wristband_prev')
    WHEN NOT EXISTS (SELECT 1 FROM therapy WHERE coi = NEW.chain AND patient_id = NEW.patient_id)
    THEN RAISE(ABORT, 'fk_wristband_therapy')
  END;
END
-- next
CREATE TRIGGER lock_wristband_update BEFORE UPDATE ON wristband BEGIN
  SELECT RAISE(ABORT, 'lock_wristband_update');
END
-- next
CREATE TRIGGER lock_wristband_delete BEFORE DELETE ON wristband BEGIN
  SELECT RAISE(ABORT, 'lock_wristband_delete');
END
-- next
CREATE TRIGGER lock_attestation_insert BEFORE INSERT ON attestation BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM attestation WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.n)
    THEN RAISE(ABORT, 'pk_attestation')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq AND content_hash = NEW.content_hash AND shape = NEW.shape)
    THEN RAISE(ABORT, 'fk_attestation_entry')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attestation WHERE chain = NEW.chain AND seq = NEW.seq AND n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_attestation_prev')
  END;
END
-- next
CREATE TRIGGER lock_attestation_update BEFORE UPDATE ON attestation BEGIN
  SELECT RAISE(ABORT, 'lock_attestation_update');
END
-- next
CREATE TRIGGER lock_attestation_delete BEFORE DELETE ON attestation BEGIN
  SELECT RAISE(ABORT, 'lock_attestation_delete');
END
-- next
CREATE TRIGGER lock_tree_leaf_insert BEFORE INSERT ON tree_leaf BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM tree_leaf WHERE n = NEW.n)
    THEN RAISE(ABORT, 'pk_tree_leaf')
    WHEN EXISTS (SELECT 1 FROM tree_leaf WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'uq_tree_leaf_entry')
    WHEN NOT EXISTS (SELECT 1 FROM entry WHERE chain = NEW.chain AND seq = NEW.seq)
    THEN RAISE(ABORT, 'fk_tree_leaf_entry')
    WHEN NEW.prev_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tree_leaf WHERE chain = NEW.chain AND seq = NEW.prev_seq)
    THEN RAISE(ABORT, 'fk_tree_leaf_order')
    WHEN NEW.prev_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tree_leaf WHERE n = NEW.prev_n)
    THEN RAISE(ABORT, 'fk_tree_leaf_prev')
  END;
END
-- next
CREATE TRIGGER lock_tree_leaf_update BEFORE UPDATE ON tree_leaf BEGIN
  SELECT RAISE(ABORT, 'lock_tree_leaf_update');
END
-- next
CREATE TRIGGER lock_tree_leaf_delete BEFORE DELETE ON tree_leaf BEGIN
  SELECT RAISE(ABORT, 'lock_tree_leaf_delete');
END
-- next
CREATE TRIGGER lock_tree_node_insert BEFORE INSERT ON tree_node BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM tree_node WHERE level = NEW.level AND number = NEW.number)
    THEN RAISE(ABORT, 'pk_tree_node')
  END;
END
-- next
CREATE TRIGGER lock_tree_node_update BEFORE UPDATE ON tree_node BEGIN
  SELECT RAISE(ABORT, 'lock_tree_node_update');
END
-- next
CREATE TRIGGER lock_tree_node_delete BEFORE DELETE ON tree_node BEGIN
  SELECT RAISE(ABORT, 'lock_tree_node_delete');
END
-- next
CREATE TRIGGER lock_checkpoint_insert BEFORE INSERT ON checkpoint BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM checkpoint WHERE n = NEW.n)
    THEN RAISE(ABORT, 'pk_checkpoint')
    WHEN NOT EXISTS (SELECT 1 FROM tree_leaf WHERE n = NEW.last)
    THEN RAISE(ABORT, 'fk_checkpoint_last')
    WHEN NEW.prev_n IS NOT NULL AND NEW.prev_size IS NOT NULL AND NOT EXISTS (SELECT 1 FROM checkpoint WHERE n = NEW.prev_n AND size = NEW.prev_size)
    THEN RAISE(ABORT, 'fk_checkpoint_prev')
  END;
END
-- next
CREATE TRIGGER lock_checkpoint_update BEFORE UPDATE ON checkpoint BEGIN
  SELECT RAISE(ABORT, 'lock_checkpoint_update');
END
-- next
CREATE TRIGGER lock_checkpoint_delete BEFORE DELETE ON checkpoint BEGIN
  SELECT RAISE(ABORT, 'lock_checkpoint_delete');
END
-- next
CREATE TRIGGER lock_position_insert BEFORE INSERT ON position BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM position WHERE chain = NEW.chain AND subject = NEW.subject)
    THEN RAISE(ABORT, 'pk_position')
    WHEN NOT EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND subject = NEW.subject AND turn = NEW.turn AND version = NEW.version AND to_state = NEW.state AND holder_after = NEW.holder AND consignee_after = NEW.consignee AND stops_after = NEW.stops AND inside_after = NEW.inside)
    THEN RAISE(ABORT, 'fk_position_move')
  END;
END
-- next
CREATE TRIGGER lock_position_update BEFORE UPDATE ON position BEGIN
  SELECT CASE
    WHEN NEW.chain <> OLD.chain OR NEW.subject <> OLD.subject
    THEN RAISE(ABORT, 'lock_position_key')
    WHEN NEW.turn <= OLD.turn
    THEN RAISE(ABORT, 'lock_position_backwards')
    WHEN NOT EXISTS (SELECT 1 FROM move WHERE chain = NEW.chain AND subject = NEW.subject AND turn = NEW.turn AND version = NEW.version AND to_state = NEW.state AND holder_after = NEW.holder AND consignee_after = NEW.consignee AND stops_after = NEW.stops AND inside_after = NEW.inside)
    THEN RAISE(ABORT, 'fk_position_move')
  END;
END
-- next
CREATE TRIGGER lock_position_delete BEFORE DELETE ON position BEGIN
  SELECT RAISE(ABORT, 'lock_position_delete');
END
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
