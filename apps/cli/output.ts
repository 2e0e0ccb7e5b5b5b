import { createColors } from 'picocolors';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

export interface TextSink {
  write(text: string): unknown;
}

/** Results go to standard output, everything else to standard error, so that `srd ... > file` holds results alone. */
export class Output {
  readonly paint: ReturnType<typeof createColors>;

  constructor(
    private readonly sinks: { readonly data: TextSink; readonly progress: TextSink },
    private readonly options: OutputOptions,
  ) {
    this.paint = createColors(options.color && !options.json);
  }

  /** The result: one JSON document with --json, else the lines for a reader. */
  result(value: unknown, lines: () => readonly string[]): void {
    this.sinks.data.write(this.options.json ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`);
  }

  progress(text: string): void {
    if (!this.options.quiet) this.sinks.progress.write(`${text}\n`);
  }

  /** Shown even with --quiet. */
  problem(text: string): void {
    this.sinks.progress.write(`${text}\n`);
  }
}

/** Two columns, the first padded to its widest cell. */
export function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
