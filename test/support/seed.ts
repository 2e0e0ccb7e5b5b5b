/** Seed of this test run: TEST_SEED, else a fixed one. Printed by the tests that use it, so that a failure repeats. */
export function testSeed(): number {
  const given = Number(process.env['TEST_SEED'] ?? '20260124');
  return Number.isSafeInteger(given) ? given : 20_260_124;
}

/** Settings for fast-check: the run's seed, a stated number of runs, a report that names both. */
export function propertyRun(numRuns: number): { seed: number; numRuns: number; verbose: number } {
  return { seed: testSeed(), numRuns, verbose: 1 };
}
