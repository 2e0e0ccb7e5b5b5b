import {
  acceptAttestation,
  acceptCoSignature,
  attestStage,
  authoriseStage,
  buildStage,
  captureStage,
  castBallot,
  coSignStage,
  evaluateStage,
  JobArtefactError,
  judgeStage,
  openAttestationRequests,
  openSafeTransactions,
  plainSignature,
  proposeStage,
  readBackStage,
  registryState,
  relayStage,
  reviewStage,
  searchStage,
  tallyStage,
  type Address,
  type Digest,
  type Job,
  type LinePorts,
  type RelayPorts,
  type StageOutcome,
  type StageQueue,
} from '#libs/application/index';
import type { BallotMessage, Choice } from '#libs/governance/index';
import { ATTESTERS, COUNCIL, RESPONDERS, type LineWorld } from './line-world.js';

type Handler = (artefact: Digest) => Promise<StageOutcome>;

/** One handler per queue. */
function handlers(ports: LinePorts, relay: RelayPorts): Readonly<Record<StageQueue, Handler>> {
  const capture = captureStage(ports);
  return {
    capture: () => capture(),
    evaluate: evaluateStage(ports),
    attest: attestStage(ports),
    judge: judgeStage(ports),
    search: searchStage(ports),
    propose: proposeStage(ports),
    authorise: authoriseStage(ports),
    tally: tallyStage(ports),
    build: buildStage(ports),
    'co-sign': coSignStage(ports),
    relay: relayStage(relay),
    'read-back': readBackStage(ports),
    review: reviewStage(ports),
  };
}

const MOST_ROUNDS = 400;

/** Runs the line of a world: jobs as they are committed, co-signers as they are asked, a block whenever nothing else is to do. */
export class LineDriver {
  readonly log: string[] = [];
  private readonly done = new Set<string>();
  private readonly handlers: Readonly<Record<StageQueue, Handler>>;
  /** Owners and attesters that answer; tests silence some. */
  readonly silent = new Set<Address>();

  constructor(
    private readonly world: LineWorld,
    private readonly ports: LinePorts = world.ports,
    relay: RelayPorts = world.relay,
    /** True for an error after which the job is run again at once. */
    private readonly isCrash: (error: unknown) => boolean = () => false,
  ) {
    this.handlers = handlers(ports, relay);
  }

  /** Captures now, and runs until nothing moves any more. */
  async captureAndSettle(): Promise<void> {
    await this.guarded(async () => this.record('capture', await captureStage(this.ports)()));
    await this.settle();
  }

  /** Runs every due job and signature; mines while something waits for the chain. */
  async settle(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const moved = (await this.runDueJobs()) || (await this.coSign());
      if (moved) continue;
      if (!this.waitsSoon()) return;
      this.world.chain.mine();
    }
    throw new RangeError(`the line does not settle: ${this.log.slice(-5).join(' | ')}`);
  }

  /** Casts one signed ballot. */
  async vote(
    proposal: Digest,
    voter: Address,
    given: { readonly choice: Choice } & Partial<BallotMessage>,
  ): ReturnType<ReturnType<typeof castBallot>> {
    const found = await this.world.store.transaction((tx) => tx.get('proposal', proposal));
    if (found === null) throw new RangeError(`no proposal ${proposal}`);
    const { evaluation, payloadHash, counterfactualHash, validUntil } = found.body;
    const { chainId, ballotContract: verifyingContract } = this.ports.codec;
    const reasonHash = `0x${'00'.repeat(32)}` as const;
    const message: BallotMessage = {
      proposal,
      evaluation,
      payloadHash,
      counterfactualHash,
      voter,
      reasonHash,
      nonce: 0,
      deadline: validUntil,
      chainId,
      verifyingContract,
      ...given,
    };
    return castBallot(this.ports)(message, plainSignature(this.ports.codec.ballotHash(message), voter));
  }

  private due(): readonly Job[] {
    const now = this.world.chain.tip.time;
    return this.world.store.jobs().filter((job) => !this.done.has(job.id) && (job.notBefore ?? 0) <= now);
  }

  private waitsSoon(): boolean {
    const soon = this.world.chain.tip.time + 120;
    return this.world.store.jobs().some((job) => !this.done.has(job.id) && (job.notBefore ?? 0) <= soon);
  }

  private async runDueJobs(): Promise<boolean> {
    const jobs = this.due();
    for (const job of jobs) {
      await this.guarded(async () => this.record(job.queue, await this.run(job)));
      this.done.add(job.id);
    }
    return jobs.length > 0;
  }

  private async run(job: Job): Promise<StageOutcome> {
    if (job.artefact === null && job.queue !== 'capture') throw new JobArtefactError(job.queue, job.artefact);
    return this.handlers[job.queue](job.artefact ?? `0x${'00'.repeat(32)}`);
  }

  /** A crashed job stays in its queue and is run again. */
  private async guarded(act: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!this.isCrash(error)) throw error;
      }
    }
  }

  private record(queue: StageQueue, outcome: StageOutcome): void {
    this.log.push(`${queue}: ${outcome.note}`);
  }

  /** Every co-signer that is asked signs, once. */
  private async coSign(): Promise<boolean> {
    const { store } = this.world;
    const now = this.world.chain.tip.time;
    const registry = await registryState(this.world.ports.attesters);
    const requests = await store.transaction((tx) => openAttestationRequests(tx, now, registry));
    let signed = false;
    for (const { evaluation, link, vouchedBy } of requests) {
      const hash = this.ports.codec.attestationHash(evaluation.body, link);
      for (const signer of ATTESTERS.filter((a) => !vouchedBy.includes(a) && !this.silent.has(a))) {
        await this.guarded(
          async () =>
            void (await acceptAttestation(this.ports)(evaluation.id, {
              signer,
              signature: plainSignature(hash, signer),
            })),
        );
        signed = true;
      }
    }
    return (await this.signSafes(now)) || signed;
  }

  private async signSafes(now: number): Promise<boolean> {
    const { store } = this.world;
    let signed = false;
    for (const { id, body } of await store.transaction((tx) => openSafeTransactions(tx, now, null))) {
      const known = (await store.transaction((tx) => tx.children('co-signature', id))).map(
        (s) => s.body.signer,
      );
      const owners: readonly Address[] = body.role === 'responder' ? RESPONDERS : COUNCIL;
      for (const signer of owners.filter((o) => !known.includes(o) && !this.silent.has(o))) {
        await this.guarded(
          async () =>
            void (await acceptCoSignature(this.ports)(id, {
              signer,
              signature: plainSignature(body.safeTxHash, signer),
            })),
        );
        signed = true;
      }
    }
    return signed;
  }
}
