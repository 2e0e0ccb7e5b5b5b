import { setTimeout as sleep } from 'node:timers/promises';
import type { SafeRole } from '#libs/application/index';
import { EngineThreadError } from '#libs/compute/index';
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

/** What is known of one subject: the codes already logged, and the refusal that makes another look pointless. */
interface Standing {
  readonly logged: ReadonlySet<string>;
  readonly isFinal: boolean;
}

type Work = {
  readonly subject: string;
  readonly kind: 'attestation' | 'signature';
  run(): Promise<Verdict<string>>;
};

const STOP_PATIENCE_MS = 3_000;
/** Subjects whose refusals are remembered; far more than are ever open at once. */
const REMEMBERED = 1_000;

/** Asks the api what waits for a signature and works it off, one after the other, for ever. */
export class Watch {
  private readonly standings = new Map<string, Standing>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private lastFault: string | null = 'has not looked yet';

  constructor(private readonly parts: WatchParts) {}

  start(): void {
    this.running = this.loop();
  }

  /** Nothing in hand has to be finished: a signature that was not handed in is made again after the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.running, sleep(STOP_PATIENCE_MS, undefined, { ref: false })]);
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
      if (this.standings.get(each.subject)?.isFinal !== true) await this.settle(each);
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
    const open = (signers: readonly string[], own: string): boolean =>
      !signers.some((signer) => signer.toLowerCase() === own.toLowerCase());
    return [
      ...requests
        .filter(({ signers }) => open(signers, attester ?? ''))
        .map((request): Work => ({
          subject: `${request.evaluation}/${request.parentDigest}`,
          kind: 'attestation',
          run: () => coSigner.attest(request),
        })),
      ...transactions.flatMap((view): Work[] => {
        if (!view.ok)
          return [{ subject: view.refusal.reason, kind: 'signature', run: () => Promise.resolve(view) }];
        const { transaction, signers } = view.value;
        return open(signers, owner)
          ? [{ subject: transaction.id, kind: 'signature', run: () => coSigner.coSign(view.value) }]
          : [];
      }),
    ];
  }

  private async settle({ subject, kind, run }: Work): Promise<void> {
    const verdict = await run().catch((thrown: unknown) => refused(refusalOf(thrown)));
    const mark = verdict.ok ? 'signed' : verdict.refusal.code;
    const before = this.standings.get(subject);
    const isFinal = !verdict.ok && !verdict.refusal.retryable;
    this.remember(subject, { logged: new Set(before?.logged).add(mark), isFinal });
    if (before?.logged.has(mark) === true) return;
    if (verdict.ok) return this.parts.log.info({ subject, kind }, 'signed');
    const { code, reason, details } = verdict.refusal;
    this.parts.log.warn(
      { subject, kind, code, reason, details, retryable: verdict.refusal.retryable },
      'refused to sign',
    );
  }

  private remember(subject: string, standing: Standing): void {
    this.standings.delete(subject);
    this.standings.set(subject, standing);
    const [oldest] = this.standings.keys();
    if (this.standings.size > REMEMBERED && oldest !== undefined) this.standings.delete(oldest);
  }

  private unreachable(thrown: unknown): Work[] {
    const { code, reason } = refusalOf(thrown);
    if (this.lastFault !== reason)
      this.parts.log.warn({ code, reason }, 'the api cannot be read; trying again');
    this.lastFault = reason;
    return [];
  }

  private recovered(): void {
    if (this.lastFault !== null) this.parts.log.info({}, 'reading the api');
    this.lastFault = null;
  }
}

/** Faults of content, by the area of their code; everything unknown is the chain's edge and may pass. */
const OF_CONTENT = /^(CAN|MKT|DLCM|GOV|PRO|NUM)-\d{3}$/;

/** What was thrown on the way, as a refusal. */
function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof EvidenceError)
    return refusal(thrown.retryable ? 'COS-140' : 'COS-105', thrown.message);
  if (thrown instanceof EngineThreadError) return refusal('COS-112', thrown.message);
  if (thrown instanceof ZodError || thrown instanceof SyntaxError)
    return refusal('COS-140', `an answer has another shape: ${thrown.message}`);
  if (thrown instanceof SourceError) return refusal('COS-101', thrown.message);
  if (thrown instanceof Error && 'code' in thrown && OF_CONTENT.test(String(thrown.code)))
    return refusal('COS-133', `${String(thrown.code)} ${thrown.message}`);
  return chainRefusal(thrown);
}
