import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AttestationRequest, openAttestationRequests, registryState } from '#libs/application/index';
import { isoTime } from '../http/fields.js';
import { type ApiParts, PARTS } from '../parts.js';

@ApiTags('co-signers')
@Controller('v1/attestation-requests')
export class AttestationRequestsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** What attesters are asked to sign now, with who has signed already. */
  @Get()
  async open() {
    const { store, clock, attesters } = this.parts.ports;
    const [now, state] = await Promise.all([clock.now(), registryState(attesters)]);
    const requests = await store.transaction((tx) => openAttestationRequests(tx, now, state));
    return { attestationsNeeded: state.threshold, items: requests.map(requestView) };
  }
}

function requestView({ evaluation, link, vouchedBy }: AttestationRequest) {
  const { id, parentId, createdAt, body } = evaluation;
  return {
    evaluation: id,
    snapshot: parentId,
    parentDigest: link.parentDigest,
    attesterEpoch: link.attesterEpoch,
    engineVersion: body.engineVersion,
    blocks: body.blocks,
    createdAt: isoTime(createdAt),
    bundle: `/v1/evaluations/${id}/bundle`,
    signers: vouchedBy,
  };
}
