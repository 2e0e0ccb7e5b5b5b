import { z } from 'zod';
import { metaOf, type ConfigSchema } from './config.js';

export interface DocumentedProcess {
  readonly name: string;
  readonly schema: ConfigSchema;
}

interface DocumentedSetting {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly fallback: string | null;
  readonly required: boolean;
  readonly secret: boolean;
  readonly processes: string[];
}

function defaultOf(schema: z.ZodType): string | null {
  const parsed = schema.safeParse(undefined);
  return parsed.success && parsed.data !== undefined ? String(parsed.data) : null;
}

function documented(name: string, schema: z.ZodType): DocumentedSetting {
  const { description, example = '', secret = false } = metaOf(schema);
  const fallback = defaultOf(schema);
  return {
    name,
    description,
    example,
    fallback,
    required: !schema.safeParse(undefined).success,
    secret,
    processes: [],
  };
}

/** One entry per setting, in the order of first use, with the processes that take it. */
function collect(processes: readonly DocumentedProcess[]): readonly DocumentedSetting[] {
  const settings = new Map<string, DocumentedSetting>();
  for (const process of processes) {
    for (const [name, schema] of Object.entries(process.schema.shape)) {
      const entry = settings.get(name) ?? documented(name, schema);
      entry.processes.push(process.name);
      settings.set(name, entry);
    }
  }
  return [...settings.values()];
}

const needOf = ({ required, fallback }: DocumentedSetting): string =>
  required ? 'required' : fallback === null ? 'optional' : `default \`${fallback}\``;

const escaped = (text: string): string => text.replaceAll('|', '\\|');

function tableOf(settings: readonly DocumentedSetting[]): string {
  const rows = settings.map((entry) => {
    const marks = entry.secret ? ' Secret.' : '';
    const example = entry.example === '' ? '' : `\`${entry.example}\``;
    return `| \`${entry.name}\` | ${entry.processes.join(', ')} | ${needOf(entry)} | ${escaped(entry.description)}${marks} | ${escaped(example)} |`;
  });
  return ['| setting | read by | need | meaning | example |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** `docs/configuration.md`, from the schemas that the processes start with. */
export function configurationPage(processes: readonly DocumentedProcess[]): string {
  return `# Configuration

Every process reads its environment once, at start, and refuses to start on a bad one, naming every problem at once.
\`npm start\` needs none of these: it fills them in for the local world. This page and \`.env.example\` are generated from
the schemas (\`node scripts/config-docs.mjs\`); model parameters and limits are versioned data, not settings.

${tableOf(collect(processes))}
`;
}

/** `.env.example`: every setting once, commented out unless it is required. */
export function environmentExample(processes: readonly DocumentedProcess[]): string {
  const blocks = collect(processes).map((entry) => {
    const value = entry.example === '' ? (entry.fallback ?? '') : entry.example;
    const line = `${entry.name}=${value}`;
    return `# ${entry.description}\n# ${entry.processes.join(', ')}; ${needOf(entry).replaceAll('`', '')}\n${entry.required ? line : `# ${line}`}\n`;
  });
  return blocks.join('\n');
}
