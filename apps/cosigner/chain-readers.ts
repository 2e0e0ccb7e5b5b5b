import type {
  AttesterSetReader,
  BoundsReader,
  ChainClock,
  MarketSource,
  SafeReader,
  SignatureChecker,
  VotingPowerReader,
} from '#libs/application/index';
import {
  attesterSetReader,
  boundsReader,
  chainClock,
  type Deployment,
  type ReadClient,
  safeReader,
  signatureChecker,
  votingPowerReader,
} from '#libs/chain/index';
import { chainMarketSource } from '#libs/sources/index';

/** Everything a co-signer reads from the chain, through one client. */
export interface ChainReaders {
  readonly market: MarketSource;
  readonly clock: ChainClock;
  readonly attesters: AttesterSetReader;
  readonly safes: SafeReader;
  readonly bounds: BoundsReader;
  readonly signatures: SignatureChecker;
  readonly votes: VotingPowerReader;
}

export function chainReaders(deployment: Deployment): (client: ReadClient) => ChainReaders {
  return (client) => {
    const context = { client, deployment };
    return {
      market: chainMarketSource(context),
      clock: chainClock(context),
      attesters: attesterSetReader(context),
      safes: safeReader(context),
      bounds: boundsReader(context),
      signatures: signatureChecker(context),
      votes: votingPowerReader(context),
    };
  };
}
