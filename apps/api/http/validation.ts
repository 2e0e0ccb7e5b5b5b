import { StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldProblem, Problem } from './problem.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Every `schema` of a handler's parameter is checked by this pipe; the schema's own transformations reach the handler. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new Problem(
        'invalid-request',
        `${issues.length} field(s) are not acceptable.`,
        issues.map(fieldProblem),
      ),
  });
}

function fieldProblem(issue: Issue): FieldProblem {
  return { pointer: pointerOf(issue.path ?? []), detail: issue.message };
}

/** RFC 6901. */
function pointerOf(path: NonNullable<Issue['path']>): string {
  return path
    .map((step) => String(typeof step === 'object' ? step.key : step))
    .map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
