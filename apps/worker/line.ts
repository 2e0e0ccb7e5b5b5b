import type { ArtefactStore, LinePorts, RiskEngine } from '#libs/application/index';
import {
  attesterSetReader,
  boundsReader,
  chainClock,
  effectReader,
  executorReader,
  forkSimulator,
  safeReader,
  signatureChecker,
  votingPowerReader,
  type Deployment,
  type ReadClient,
} from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import { payloadCodec } from '#libs/protocol/index';
import { chainMarketSource } from '#libs/sources/index';

export interface LineParts {
  readonly deployment: Deployment;
  readonly client: ReadClient;
  readonly rpcUrl: string;
  readonly store: ArtefactStore;
  readonly engine: RiskEngine;
}

/** Ties every port of the line to its real adapter. */
export function linePorts({ deployment, client, rpcUrl, store, engine }: LineParts): LinePorts {
  const context = { client, deployment };
  return {
    store,
    engine,
    clock: chainClock(context),
    market: chainMarketSource(context),
    codec: payloadCodec(deployment),
    signatures: signatureChecker(context),
    attesters: attesterSetReader(context),
    safes: safeReader(context),
    votes: votingPowerReader(context),
    bounds: boundsReader(context),
    simulator: forkSimulator({ url: rpcUrl, deployment }),
    executor: executorReader(context),
    effects: effectReader(context),
    policy: POLICY,
  };
}
