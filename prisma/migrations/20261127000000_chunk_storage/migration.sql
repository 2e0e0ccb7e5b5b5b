-- Chunks are 4 MiB of numbers: compressing them takes longer than writing them, and reading a part of one would need the whole.
ALTER TABLE "chunk" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
