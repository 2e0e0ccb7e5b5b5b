import { DlcmError } from '../error.js';

/** The snapshot holds a part that this level of the engine does not model; running without it would be a wrong answer. */
export class UnsupportedPartError extends DlcmError {
  readonly code = 'DLCM-140';
  readonly reason = 'UNSUPPORTED';

  constructor(
    readonly part: string,
    readonly ids: readonly string[],
  ) {
    super(
      `This level of the engine does not model ${part} (${ids.join(', ')}). ` +
        'Accepted: pools and order books of any kind, lending protocols, option books, perpetuals, bridges and funds. ' +
        'Remove these objects from the snapshot deliberately, or use an engine release that models them.',
    );
  }
}

/** The snapshot contradicts itself in a way that makes a run meaningless. */
export class SnapshotContentError extends DlcmError {
  readonly code = 'DLCM-141';
  readonly reason = 'BAD_SNAPSHOT';

  constructor(
    readonly object: string,
    readonly field: string,
    readonly value: string,
    readonly accepted: string,
  ) {
    super(`${object}: ${field} is ${value}; accepted: ${accepted}. Correct the snapshot or drop the object.`);
  }
}

/** A scenario, search or intervention parameter lies outside its domain. */
export class ScenarioError extends DlcmError {
  readonly code = 'DLCM-142';
  readonly reason = 'BAD_SCENARIO';

  constructor(
    readonly field: string,
    readonly value: string,
    readonly accepted: string,
  ) {
    super(`Scenario field ${field} is ${value}; accepted: ${accepted}.`);
  }
}
