interface WithTestPostgres {
  stopTestPostgres?: () => Promise<void>;
}

/** Stops what `postgres-setup` started. */
export default async function tearDownPostgres(): Promise<void> {
  await (globalThis as WithTestPostgres).stopTestPostgres?.();
}
