import { z } from 'zod';
import { PlatformError } from './platform-error.js';

/** One setting that a process cannot start with. */
export interface ConfigProblem {
  readonly setting: string;
  /** The value as given, masked when it is a secret; null when absent. */
  readonly value: string | null;
  readonly problem: string;
}

/** The environment does not describe a process that can run. Carries every problem, not only the first. */
export class ConfigError extends PlatformError {
  override readonly code = 'CFG-101';

  constructor(
    readonly processName: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const lines = problems.map(
      ({ setting, value, problem }) => `  ${setting}${value === null ? '' : `="${value}"`}: ${problem}`,
    );
    super(
      `${processName} cannot start with this configuration:\n${lines.join('\n')}\nSee docs/configuration.md for what each setting accepts.`,
    );
  }
}

/** Facts about a setting beside its validation; they make the documentation. */
export interface SettingMeta {
  readonly description: string;
  readonly example?: string;
  /** Never printed, not even in an error. */
  readonly secret?: boolean;
}

/** A setting with its documentation. */
export function setting<S extends z.ZodType>(schema: S, meta: SettingMeta): S {
  return schema.meta({ ...meta });
}

/** Settings by the name of their environment variable. */
export type ConfigSchema = z.ZodObject<Record<string, z.ZodType>>;

export const metaOf = (schema: z.ZodType): SettingMeta => ({
  description: '',
  ...(schema.meta() as Partial<SettingMeta> | undefined),
});

function problemOf(
  schema: ConfigSchema,
  env: Readonly<Record<string, string | undefined>>,
  issue: z.core.$ZodIssue,
): ConfigProblem {
  const name = String(issue.path[0] ?? '');
  const field = schema.shape[name];
  const raw = env[name] ?? null;
  const secret = field !== undefined && metaOf(field).secret === true;
  const value = raw !== null && secret ? '***' : raw;
  const problem = raw === null ? 'is required and not set' : issue.message;
  return { setting: name, value, problem };
}

/** Environment variables that the schema names; an empty one counts as absent. */
function given(schema: ConfigSchema, env: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(schema.shape).filter((name) => (env[name] ?? '').trim() !== '');
  return Object.fromEntries(names.map((name) => [name, env[name]?.trim() ?? '']));
}

/**
 * Reads a process's configuration from its environment.
 * @throws ConfigError naming every setting that is missing or malformed, with what is accepted.
 */
export function readConfig<S extends ConfigSchema>(
  processName: string,
  schema: S,
  env: NodeJS.ProcessEnv = process.env,
): z.output<S> {
  const values = given(schema, env);
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    processName,
    parsed.error.issues.map((issue) => problemOf(schema, values, issue)),
  );
}
