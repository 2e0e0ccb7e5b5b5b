-- Artefacts, events and chunks are facts: a row is inserted once and stays as it is, whoever holds the connection.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: rows of "%" are never changed or removed; insert a new one', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;

DO $$
DECLARE
  fact text;
BEGIN
  FOREACH fact IN ARRAY ARRAY['snapshot', 'skip', 'evaluation', 'attestation', 'breach', 'remedy', 'proposal', 'ballot', 'tally',
    'safe_transaction', 'co_signature', 'submission', 'effect', 'report', 'stream_event', 'chunk']
  LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', fact);
  END LOOP;
END
$$;

-- A job asked for stays on record; only its two times are filled in.
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON "outbox_job" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The dispatcher and the reconcile after a lost queue read only what is open.
CREATE INDEX "outbox_job_undispatched_idx" ON "outbox_job" ("sequence") WHERE "dispatched_at" IS NULL;
CREATE INDEX "outbox_job_unfinished_idx" ON "outbox_job" ("sequence") WHERE "finished_at" IS NULL;

-- Wakes the dispatcher at commit; polling stays as the net below it.
CREATE FUNCTION announce_outbox_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY outbox_job;
  RETURN NULL;
END
$$;
CREATE TRIGGER announce AFTER INSERT ON "outbox_job" FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox_job();
