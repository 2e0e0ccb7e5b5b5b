import { DlcmError } from '../error.js';

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
