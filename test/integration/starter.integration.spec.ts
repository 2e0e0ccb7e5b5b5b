import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./programs/obedient.js', import.meta.url));
const TETHER = new URL('../../../scripts/tethered-child.mjs', import.meta.url).href;
const PATIENCE_MS = 15_000;

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('The condition did not come true in time.');
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const ended = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));

describe('a started process', () => {
  let folder = '';
  let journals = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'srd-starter-'));
    writeFileSync(
      join(folder, 'starter.mjs'),
      `import { runTethered } from ${JSON.stringify(TETHER)};
       process.exit(await runTethered(${JSON.stringify(PROGRAM)}, [], process.env));`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const newJournal = (): string => join(folder, `journal-${(journals += 1)}`);
  const lines = (journal: string): string[] =>
    existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : [];
  const pidIn = (journal: string): number => Number(/^pid (\d+)/.exec(lines(journal)[0] ?? '')?.[1] ?? 0);
  const startStarter = (journal: string, shell: boolean): ChildProcess => {
    const starter = join(folder, 'starter.mjs');
    const env = { ...process.env, JOURNAL: journal };
    // npm runs a script through a shell, which dies of the SIGTERM that the script never sees.
    return shell
      ? spawn('/bin/sh', ['-c', `"${process.execPath}" "${starter}"; exit $?`], { env, stdio: 'ignore' })
      : spawn(process.execPath, [starter], { env, stdio: 'ignore' });
  };

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'behavior: %s of the starter lets it close and end',
    async (signal) => {
      const journal = newJournal();
      const starter = startStarter(journal, false);
      await until(() => pidIn(journal) > 0);
      starter.kill(signal);
      await ended(starter);
      await until(() => lines(journal).includes('closed'));
      await until(() => !isAlive(pidIn(journal)));
    },
  );

  it('behavior: SIGTERM of the shell above the starter reaches it too', async () => {
    const journal = newJournal();
    const shell = startStarter(journal, true);
    await until(() => pidIn(journal) > 0);
    shell.kill('SIGTERM');
    await ended(shell);
    await until(() => lines(journal).includes('closed'));
    await until(() => !isAlive(pidIn(journal)));
  });

  it('error: CFG-101 ends it before it starts, with one readable message', async () => {
    const env: NodeJS.ProcessEnv = { ...process.env };
    delete env['JOURNAL'];
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let message = '';
    child.stderr.on('data', (chunk: Buffer) => (message += chunk.toString()));
    expect(await ended(child)).toBe(1);
    expect(message).toContain('CFG-101');
    expect(message).toContain('JOURNAL: is required and not set');
    expect(message).not.toMatch(/^\s+at /m);
  });
});
