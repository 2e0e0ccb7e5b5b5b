import type { ReadClient } from '../clients.js';
import type { Deployment } from '../deployment.js';

/** What every reader of the line needs: a client of one chain and the addresses on it. */
export interface LineContext {
  readonly client: ReadClient;
  readonly deployment: Deployment;
}
