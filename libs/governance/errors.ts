/** A broken promise inside governance. `code` is stable; fields carry the offending values. */
export abstract class GovernanceError extends Error {
  abstract readonly code: `GOV-${number}`;
  override get name(): string {
    return this.constructor.name;
  }
}

/** An event log that the lifecycle table does not allow: it was not written through `decide`. */
export class LifecycleError extends GovernanceError {
  readonly code = 'GOV-101';
  constructor(
    readonly state: string,
    readonly event: string,
    readonly index: number,
  ) {
    super(
      `Event ${index} (${event}) is not allowed in state ${state}. Only events returned by decide may be appended; restore the stream from its source.`,
    );
  }
}

/** An event log whose first event is not `Drafted`, or that is empty. */
export class UndraftedError extends GovernanceError {
  readonly code = 'GOV-102';
  constructor(readonly firstEvent: string | null) {
    super(
      `A proposal's events start with Drafted; found ${firstEvent ?? 'no event'}. Read the stream by the proposal's id.`,
    );
  }
}

/** Chain time that runs backwards along one stream. */
export class EventTimeError extends GovernanceError {
  readonly code = 'GOV-103';
  constructor(
    readonly index: number,
    readonly at: number,
    readonly previousAt: number,
  ) {
    super(
      `Event ${index} happened at ${at}, before the event it follows (${previousAt}). Times along one proposal never decrease.`,
    );
  }
}

/** Two counted ballots of one voter, or a leaf that is not part of the tally. */
export class TallyInputError extends GovernanceError {
  readonly code = 'GOV-104';
  constructor(
    readonly voter: string,
    readonly problem: string,
  ) {
    super(`Ballot of ${voter}: ${problem}. Count each voter once, with the ballot of the highest nonce.`);
  }
}
