import type { RiskEngine } from '#libs/application/index';

/** The engine's methods with their inputs, which are plain data. */
export type EngineInputs = {
  readonly [M in 'evaluate' | 'searchRemedy' | 'thresholdWithout']: Parameters<RiskEngine[M]>[0];
};
export type EngineMethod = keyof EngineInputs;

/** What the thread is asked to do. */
export type EngineRequest = {
  readonly [M in EngineMethod]: { readonly id: number; readonly method: M; readonly input: EngineInputs[M] };
}[EngineMethod];

export type EngineAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: EngineFailure };

/** An error on its way between threads: classes do not survive the passage, their code and fields do. */
export interface EngineFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function toFailure(error: unknown): EngineFailure {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, fields: {} };
  const fields: Record<string, unknown> = JSON.parse(JSON.stringify({ ...error }));
  // The same input fails the same way again: the engine is deterministic.
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    fields: { ...fields, retryable: false },
  };
}

export function fromFailure({ name, message, stack, fields }: EngineFailure): Error {
  const error = Object.assign(new Error(message), fields, { name });
  if (stack !== undefined) error.stack = stack;
  return error;
}
