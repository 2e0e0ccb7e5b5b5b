// Prints the SQL that leads from one Prisma schema to another: node scripts/schema-diff.mjs <old.prisma | empty> <new.prisma>.
// The engine's own command line wants to fetch a binary; its WebAssembly build computes the same difference offline. It asks
// a server for its version, so DATABASE_URL must name one.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runMain, StopError } from './stop-with.mjs';

const ENGINE = '@prisma/schema-engine-wasm/schema_engine_bg';

async function loadEngine() {
  const glue = await import(ENGINE);
  const directory = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = readFileSync(directory.replace(/schema_engine\.js$/, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}

const target = (path) =>
  path === 'empty'
    ? { tag: 'empty' }
    : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: readFileSync(path, 'utf8') }] };

export async function schemaDiff(oldPath, newPath) {
  const SchemaEngine = await loadEngine();
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils');
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  );
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
  const filters = { externalTables: [], externalEnums: [] };
  const result = await engine.diff({
    from: target(oldPath),
    to: target(newPath),
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters,
  });
  return result.stdout ?? '';
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await runMain(async () => {
    const [, , oldPath, newPath] = process.argv;
    if (!newPath)
      throw new StopError('Usage: node scripts/schema-diff.mjs <old.prisma | empty> <new.prisma>');
    console.log(await schemaDiff(oldPath, newPath));
  });
}
