/** One thing this process needs. `check` answers null when it is usable, else the reason it is not. */
export interface ReadinessProbe {
  readonly name: string;
  check(): Promise<string | null>;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** A probe that hangs must not hang the answer. */
export async function readinessOf(probes: readonly ReadinessProbe[], timeoutMs = 2_000): Promise<Readiness> {
  const reasons = await Promise.all(probes.map((probe) => reasonOf(probe, timeoutMs)));
  const checks = Object.fromEntries(probes.map(({ name }, index) => [name, reasons[index] ?? 'ok']));
  return { ready: reasons.every((reason) => reason === null), checks };
}

async function reasonOf(probe: ReadinessProbe, timeoutMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
  });
  const checked = probe.check().catch((error: unknown) => (error instanceof Error ? error.message : 'failed'));
  return Promise.race([checked, late]).finally(() => clearTimeout(timer));
}
