import { describe, it } from '@jest/globals';
import { InMemoryArtefactStore } from './store.js';
import { storeContract } from './store-contract.js';

describe('InMemoryArtefactStore', () => {
  const cases = storeContract(async () => {
    const store = new InMemoryArtefactStore();
    return { store, jobs: async () => store.jobs() };
  });
  it.each(cases.map((one) => [one.name, one] as const))('contract: %s', async (_, one) => one.run());
});
