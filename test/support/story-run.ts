import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STORY = fileURLToPath(new URL('../../apps/local/main.js', import.meta.url));

/** One run of the local world's story with its own folder, ports and database. */
export class StoryRun {
  readonly lines: string[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'srd-story-'));
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly watchers: { readonly pattern: RegExp; readonly act: () => void }[] = [];
  private partial = '';

  constructor(args: readonly string[] = []) {
    // The embedded database may run under another account, which has to enter the temporary folder.
    chmodSync(this.folder, 0o755);
    // Colours would stand between the words that `onLine` looks for.
    const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
    delete env['FORCE_COLOR'];
    // The story embeds its own database; only the queue's server is taken from the outside.
    delete env['DATABASE_URL'];
    this.child = spawn(process.execPath, [STORY, '--exit', '--folder', this.folder, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => this.read(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.read(chunk));
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
  }

  /** Runs `act` once, at the first line that matches. */
  onLine(pattern: RegExp, act: () => void): void {
    this.watchers.push({ pattern, act });
  }

  /** Kills a process of the story the hard way; its keeper starts it again. Returns the killed id. */
  kill(name: string): number {
    const log = readFileSync(join(this.folder, 'logs', `${name}.log`), 'utf8');
    const pid = Number([...log.matchAll(/"pid":(\d+)/g)].at(-1)?.[1] ?? 0);
    if (pid === 0) throw new Error(`${name} has not logged yet`);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Everything printed, for the message of a failed expectation. */
  text(): string {
    return this.lines.join('\n');
  }

  async dispose(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(chunk: Buffer): void {
    const parts = (this.partial + chunk.toString()).split('\n');
    this.partial = parts.pop() ?? '';
    for (const line of parts) {
      this.lines.push(line);
      for (const watcher of this.watchers.filter(({ pattern }) => pattern.test(line))) {
        this.watchers.splice(this.watchers.indexOf(watcher), 1);
        watcher.act();
      }
    }
  }
}
