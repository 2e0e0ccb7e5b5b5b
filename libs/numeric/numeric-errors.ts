/** A number was given or produced outside the domain of a numeric function. The offending value is kept in `value`. */
export class NumericDomainError extends Error {
  readonly code = 'NUM-101';
  constructor(
    readonly operation: string,
    readonly value: number,
    accepted: string,
  ) {
    super(`${operation} was given ${value}; it accepts ${accepted}. Check the value before calling.`);
    this.name = 'NumericDomainError';
  }
}

/** A root search was started on an interval whose ends do not enclose a change of sign. */
export class BracketError extends Error {
  readonly code = 'NUM-102';
  constructor(
    readonly operation: string,
    readonly lo: number,
    readonly hi: number,
  ) {
    super(`${operation} needs a change between ${lo} and ${hi}, and found none. Widen the interval.`);
    this.name = 'BracketError';
  }
}
