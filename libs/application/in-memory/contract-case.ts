/** One promise of a port, checked against any implementation. A contract suite is a list of these. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** A port that does not keep its contract. */
export class ContractViolation extends Error {
  readonly code = 'APP-190';
  constructor(
    readonly expectation: string,
    readonly found: unknown,
  ) {
    super(`${expectation}; found ${JSON.stringify(found)}. Compare the adapter with the in-memory twin.`);
    this.name = 'ContractViolation';
  }
}

/** Fails unless the canonical texts of both are equal. */
export function mustEqual(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [sortedText(found), sortedText(expected)];
  if (a !== b) throw new ContractViolation(`${what}: expected ${b}`, found);
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Runs `act` and returns the error it must throw. */
export async function mustThrow(act: () => Promise<unknown>, what: string): Promise<Record<string, unknown>> {
  try {
    await act();
  } catch (error) {
    if (typeof error === 'object' && error !== null) return error as Record<string, unknown>;
    throw error;
  }
  throw new ContractViolation(`${what}: expected an error`, 'success');
}
