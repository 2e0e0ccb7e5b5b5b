/** A reason why the process cannot serve, or null when it can. */
export type HealthCheck = () => Promise<string | null>;

export interface HealthReport {
  readonly ready: boolean;
  readonly reasons: readonly { readonly check: string; readonly reason: string }[];
}

const PATIENCE_MS = 2_000;

function withPatience(check: HealthCheck): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`no answer within ${PATIENCE_MS} ms`), PATIENCE_MS);
    check()
      .then(resolve, (error: unknown) => resolve(error instanceof Error ? error.message : String(error)))
      .finally(() => clearTimeout(timer));
  });
}

/** Runs every check at once; one that hangs or throws is a reason like any other. */
export async function healthOf(checks: Readonly<Record<string, HealthCheck>>): Promise<HealthReport> {
  const answers = await Promise.all(
    Object.entries(checks).map(async ([check, run]) => ({ check, reason: await withPatience(run) })),
  );
  const reasons = answers.flatMap(({ check, reason }) => (reason === null ? [] : [{ check, reason }]));
  return { ready: reasons.length === 0, reasons };
}
