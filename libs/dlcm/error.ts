/**
 * Root of every error the engine throws. `code` is stable (docs/errors.md), `reason` is the model's own word
 * for the failure, and subclasses carry the offending values as fields.
 */
export abstract class DlcmError extends Error {
  abstract readonly code: `DLCM-${number}`;
  abstract readonly reason: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
