import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Artefact, StageTransaction } from '#libs/application/index';
import { isoTime } from '../http/fields.js';
import { type ApiParts, PARTS } from '../parts.js';

/** Only the newest evaluations are worth attesting: the newest snapshot wins. */
const OPEN_REQUESTS = 5;

@ApiTags('co-signers')
@Controller('v1/attestation-requests')
export class AttestationRequestsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** The newest evaluations that still lack attestations, newest first. */
  @Get()
  async open() {
    const needed = await this.parts.quorums.attestations();
    const requests = await this.parts.store.transaction(async (tx) => {
      const evaluations = await tx.newest('evaluation', OPEN_REQUESTS);
      return Promise.all(evaluations.map((evaluation) => requestOf(tx, evaluation)));
    });
    return { attestationsNeeded: needed, items: requests.filter((request) => request.signers.length < needed) };
  }
}

async function requestOf(tx: StageTransaction, { id, parentId, createdAt, body }: Artefact<'evaluation'>) {
  const attestations = await tx.children('attestation', id);
  return {
    evaluation: id,
    snapshot: parentId,
    engineVersion: body.engineVersion,
    blocks: body.blocks,
    createdAt: isoTime(createdAt),
    bundle: `/v1/evaluations/${id}/bundle`,
    signers: attestations.map((attestation) => attestation.body.signer),
  };
}
