import type { ArtefactBodies, ArtefactKind } from '#libs/application/index';

type Digest = `0x${string}`;

export interface View<K extends ArtefactKind> {
  readonly id: Digest;
  readonly parentId: Digest | null;
  readonly body: ArtefactBodies[K];
}

export interface ProposalView extends View<'proposal'> {
  readonly safeTransactions: readonly View<'safe-transaction'>[];
  readonly effects: readonly View<'effect'>[];
}

/** One JSON answer of the api; anything but success is an error with the answer in it. */
export async function readApi<T>(apiUrl: string, path: string): Promise<T> {
  const answer = await fetch(`${apiUrl}${path}`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok)
    throw new Error(`GET ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  return (await answer.json()) as T;
}
