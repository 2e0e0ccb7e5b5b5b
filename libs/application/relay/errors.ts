import { LineError } from '../errors.js';

/** The fee a transaction needs now is above what the relayer may pay. */
export class FeeCapError extends LineError {
  readonly code = 'RLY-101';
  readonly retryable = true;
  constructor(
    readonly neededWei: string,
    readonly capWei: string,
  ) {
    super(
      `A transaction needs ${neededWei} wei per gas, the cap is ${capWei}. It is tried again; raise the cap if this lasts.`,
    );
  }
}
