import type { FastifyReply } from 'fastify';
import { Problem } from '../http/problem.js';
import { type ArtefactView, viewOf } from '../read/artefact-reader.js';
import type { Intaken, SignedKind } from '#libs/application/index';

/** 201 for a new statement, 200 for one already held; a refusal is a problem with the rule's own code. */
export function intakenReply<K extends SignedKind>(
  reply: FastifyReply,
  outcome: Intaken<K>,
): ArtefactView<K> {
  if (outcome.kind === 'unknown-subject') throw new Problem('not-found', outcome.reason);
  if (outcome.kind === 'refused') {
    const errors = outcome.field === null ? [] : [{ pointer: outcome.field, detail: outcome.reason }];
    throw new Problem('refused', outcome.reason, errors, outcome.code);
  }
  void reply.status(outcome.repeated ? 200 : 201);
  return viewOf(outcome.artefact);
}
