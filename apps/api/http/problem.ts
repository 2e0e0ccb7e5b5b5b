/** The kinds of error this API answers with (RFC 9457). `slug` is the last part of the type's URL, which explains the kind. */
export const PROBLEMS = {
  'invalid-request': {
    code: 'API-001',
    status: 400,
    title: 'The request does not match what is accepted here',
  },
  'bad-cursor': { code: 'API-002', status: 400, title: 'The cursor was not issued by this API' },
  'not-found': { code: 'API-003', status: 404, title: 'There is nothing at this address' },
  refused: { code: 'API-004', status: 422, title: 'The signed statement was refused' },
  'too-many-requests': { code: 'API-005', status: 429, title: 'Too many requests' },
  unavailable: { code: 'API-006', status: 503, title: 'Something this API depends on does not answer' },
  internal: { code: 'API-007', status: 500, title: 'An error of this server' },
  'range-not-satisfiable': { code: 'API-008', status: 416, title: 'The range lies outside the bytes' },
  'too-large': { code: 'API-009', status: 413, title: 'The request body is too large' },
  'unsupported-media-type': {
    code: 'API-010',
    status: 415,
    title: 'The request body must be application/json',
  },
  'method-not-allowed': { code: 'API-011', status: 405, title: 'This address does not take that method' },
} as const satisfies Record<
  string,
  { readonly code: string; readonly status: number; readonly title: string }
>;

export type ProblemKind = keyof typeof PROBLEMS;

/** One wrong field: a JSON pointer into the request and what is accepted there. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
  readonly errors: readonly FieldProblem[];
  readonly traceId: string;
}

/** Thrown by handlers for an outcome that is the caller's to mend. `detail` is shown to the caller. */
export class Problem extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly errors: readonly FieldProblem[] = [],
    /** A more exact code than the kind's own, for example the reason a ballot was refused. */
    readonly reason?: string,
  ) {
    super(detail);
  }

  get code(): string {
    return this.reason ?? PROBLEMS[this.kind].code;
  }
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

export function problemBody(
  problem: Problem,
  request: { readonly path: string; readonly traceId: string },
): ProblemBody {
  const { status, title } = PROBLEMS[problem.kind];
  return {
    type: `/problems/${problem.kind}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    instance: request.path,
    errors: problem.errors,
    traceId: request.traceId,
  };
}
