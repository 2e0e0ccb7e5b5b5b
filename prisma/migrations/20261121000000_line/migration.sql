-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "snapshot" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "skip" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "skip_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evaluation" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "evaluation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attestation" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "attestation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "breach" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "breach_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "remedy" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "remedy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "proposal" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "proposal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ballot" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "ballot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tally" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "tally_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "safe_transaction" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "safe_transaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "co_signature" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "co_signature_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "submission" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "effect" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "effect_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report" (
    "id" TEXT NOT NULL,
    "parent_id" TEXT,
    "created_at" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_event" (
    "stream" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "stream_event_pkey" PRIMARY KEY ("stream","position")
);

-- CreateTable
CREATE TABLE "chunk" (
    "digest" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "chunk_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "outbox_job" (
    "sequence" BIGSERIAL NOT NULL,
    "queue" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "artefact" TEXT,
    "not_before" BIGINT,
    "dispatched_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_job_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "snapshot_sequence_key" ON "snapshot"("sequence");

-- CreateIndex
CREATE INDEX "snapshot_parent_id_created_at_sequence_idx" ON "snapshot"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "snapshot_created_at_id_idx" ON "snapshot"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "skip_sequence_key" ON "skip"("sequence");

-- CreateIndex
CREATE INDEX "skip_parent_id_created_at_sequence_idx" ON "skip"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "skip_created_at_id_idx" ON "skip"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "evaluation_sequence_key" ON "evaluation"("sequence");

-- CreateIndex
CREATE INDEX "evaluation_parent_id_created_at_sequence_idx" ON "evaluation"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "evaluation_created_at_id_idx" ON "evaluation"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "attestation_sequence_key" ON "attestation"("sequence");

-- CreateIndex
CREATE INDEX "attestation_parent_id_created_at_sequence_idx" ON "attestation"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "attestation_created_at_id_idx" ON "attestation"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "breach_sequence_key" ON "breach"("sequence");

-- CreateIndex
CREATE INDEX "breach_parent_id_created_at_sequence_idx" ON "breach"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "breach_created_at_id_idx" ON "breach"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "remedy_sequence_key" ON "remedy"("sequence");

-- CreateIndex
CREATE INDEX "remedy_parent_id_created_at_sequence_idx" ON "remedy"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "remedy_created_at_id_idx" ON "remedy"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "proposal_sequence_key" ON "proposal"("sequence");

-- CreateIndex
CREATE INDEX "proposal_parent_id_created_at_sequence_idx" ON "proposal"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "proposal_created_at_id_idx" ON "proposal"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ballot_sequence_key" ON "ballot"("sequence");

-- CreateIndex
CREATE INDEX "ballot_parent_id_created_at_sequence_idx" ON "ballot"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "ballot_created_at_id_idx" ON "ballot"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tally_sequence_key" ON "tally"("sequence");

-- CreateIndex
CREATE INDEX "tally_parent_id_created_at_sequence_idx" ON "tally"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "tally_created_at_id_idx" ON "tally"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "safe_transaction_sequence_key" ON "safe_transaction"("sequence");

-- CreateIndex
CREATE INDEX "safe_transaction_parent_id_created_at_sequence_idx" ON "safe_transaction"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "safe_transaction_created_at_id_idx" ON "safe_transaction"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "co_signature_sequence_key" ON "co_signature"("sequence");

-- CreateIndex
CREATE INDEX "co_signature_parent_id_created_at_sequence_idx" ON "co_signature"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "co_signature_created_at_id_idx" ON "co_signature"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "submission_sequence_key" ON "submission"("sequence");

-- CreateIndex
CREATE INDEX "submission_parent_id_created_at_sequence_idx" ON "submission"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "submission_created_at_id_idx" ON "submission"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "effect_sequence_key" ON "effect"("sequence");

-- CreateIndex
CREATE INDEX "effect_parent_id_created_at_sequence_idx" ON "effect"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "effect_created_at_id_idx" ON "effect"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "report_sequence_key" ON "report"("sequence");

-- CreateIndex
CREATE INDEX "report_parent_id_created_at_sequence_idx" ON "report"("parent_id", "created_at", "sequence");

-- CreateIndex
CREATE INDEX "report_created_at_id_idx" ON "report"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_job_queue_job_id_key" ON "outbox_job"("queue", "job_id");

