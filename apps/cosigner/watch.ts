import { setTimeout as sleep } from 'node:timers/promises';
import type { SafeRole } from '#libs/application/index';
import { EvidenceError, SourceError } from '#libs/sources/index';
import { ZodError } from 'zod';
import type { ApiClient } from './api-client.js';
import type { CoSigner } from './co-signer.js';
import { chainRefusal } from './own-chain.js';
import { type Refusal, refusal, refused, type Verdict } from './refusal.js';

export interface WatchLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface WatchParts {
  readonly role: SafeRole;
  readonly attester: string | null;
  readonly owner: string;
  readonly api: ApiClient;
  readonly coSigner: Pick<CoSigner, 'attest' | 'coSign'>;
  readonly log: WatchLog;
  readonly pollMs: number;
}

type Work = { readonly subject: string; readonly kind: 'attestation' | 'signature'; run(): Promise<Verdict<string>> };

/** Asks the api what waits for a signature and works it off, one after the other, for ever. */
export class Watch {
  /** Last refusal of each subject: a final one is not looked at again, a retryable one is logged only when it changes. */
  private readonly refusals = new Map<string, Refusal>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private lastFault: string | null = 'has not looked yet';

  constructor(private readonly parts: WatchParts) {}

  start(): void {
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Why the last look failed; null when it worked. */
  fault(): string | null {
    return this.lastFault;
  }

  /** One look at the api, and everything it found. */
  async look(): Promise<void> {
    const work = await this.work().catch((thrown: unknown) => this.unreachable(thrown));
    for (const each of work) {
      if (this.stopping.signal.aborted) return;
      if (this.refusals.get(each.subject)?.retryable !== false) await this.settle(each);
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.look();
      await sleep(this.parts.pollMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async work(): Promise<Work[]> {
    const { api, role, attester, owner, coSigner } = this.parts;
    const requests = attester === null ? [] : await api.attestationRequests();
    const transactions = await api.safeTransactions(role);
    this.recovered();
    const open = (signers: readonly string[], own: string): boolean => !signers.some((signer) => signer.toLowerCase() === own.toLowerCase());
    return [
      ...requests
        .filter(({ signers }) => open(signers, attester ?? ''))
        .map((request): Work => ({ subject: `${request.evaluation}/${request.parentDigest}`, kind: 'attestation', run: () => coSigner.attest(request) })),
      ...transactions.flatMap((view): Work[] => {
        if (!view.ok) return [{ subject: view.refusal.reason, kind: 'signature', run: () => Promise.resolve(view) }];
        const { transaction, signers } = view.value;
        return open(signers, owner) ? [{ subject: transaction.id, kind: 'signature', run: () => coSigner.coSign(view.value) }] : [];
      }),
    ];
  }

  private async settle({ subject, kind, run }: Work): Promise<void> {
    const verdict = await run().catch((thrown: unknown) => refused(refusalOf(thrown)));
    if (verdict.ok) {
      this.refusals.delete(subject);
      this.parts.log.info({ subject, kind }, 'signed');
      return;
    }
    const before = this.refusals.get(subject);
    this.refusals.set(subject, verdict.refusal);
    if (before?.code === verdict.refusal.code) return;
    const { code, reason, details } = verdict.refusal;
    this.parts.log.warn({ subject, kind, code, reason, details }, 'refused to sign');
  }

  private unreachable(thrown: unknown): Work[] {
    const { code, reason } = refusalOf(thrown);
    if (this.lastFault !== reason) this.parts.log.warn({ code, reason }, 'the api cannot be read; trying again');
    this.lastFault = reason;
    return [];
  }

  private recovered(): void {
    if (this.lastFault !== null) this.parts.log.info({}, 'reading the api');
    this.lastFault = null;
  }
}

/** What was thrown on the way, as a refusal: evidence and api faults by their own nature, everything else as the chain's edge. */
function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof EvidenceError) return refusal(thrown.retryable ? 'COS-140' : 'COS-105', thrown.message);
  if (thrown instanceof ZodError || thrown instanceof SyntaxError) return refusal('COS-140', `an answer has another shape: ${thrown.message}`);
  if (thrown instanceof SourceError) return refusal('COS-101', thrown.message);
  return chainRefusal(thrown);
}
