/** What the shell sees. Scripts branch on these, so they never change meaning. */
export const EXIT = { fine: 0, failure: 1, usage: 2, breach: 3, stale: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
