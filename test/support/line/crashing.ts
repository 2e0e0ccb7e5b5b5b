/** The process died at this point. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Ports without I/O: their calls are no awaits. */
const PURE: ReadonlySet<string | symbol> = new Set(['codec', 'policy', 'limits']);

/** Counts every awaited call of a set of ports, and dies once, at the call with the given number. */
export class CrashPoint {
  calls = 0;
  happened = false;

  constructor(
    private readonly at: number,
    /** `before`: the call never reached its port. `after`: it did, and the answer was lost. */
    private readonly when: 'before' | 'after',
  ) {}

  /** The same ports with every asynchronous call counted, however deep. */
  wrap<T extends object>(ports: T): T {
    return new Proxy(ports, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (PURE.has(key)) return value;
        if (typeof value === 'function')
          return (...args: unknown[]) =>
            this.call(() =>
              Reflect.apply(
                value,
                target,
                args.map((a) => this.wrapWork(a)),
              ),
            );
        return typeof value === 'object' && value !== null && !Array.isArray(value)
          ? this.wrap(value)
          : value;
      },
    });
  }

  /** The work of a transaction gets a wrapped transaction. */
  private wrapWork(argument: unknown): unknown {
    if (typeof argument !== 'function') return argument;
    return (tx: object) => Reflect.apply(argument, undefined, [this.wrap(tx)]);
  }

  private call(act: () => unknown): unknown {
    const dies = this.calls === this.at && !this.happened;
    const result = dies && this.when === 'before' ? undefined : act();
    if (!(result instanceof Promise) && !(dies && this.when === 'before')) return result;
    this.calls += 1;
    if (!dies) return result;
    this.happened = true;
    return Promise.resolve(result).then(() => {
      throw new Crash('the process died here');
    });
  }
}
