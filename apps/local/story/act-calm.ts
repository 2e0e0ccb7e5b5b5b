import { expected, type Stage } from './stage.js';

/** Calm: the line runs once around, up to a published evaluation. */
export async function actCalm({ narrator, say }: Stage): Promise<void> {
  say(
    'act 1',
    'calm: the market is captured and evaluated, the co-signers recompute it, the relayer publishes it',
  );
  await expected(
    'a published evaluation',
    narrator.awaited('submission', ({ body }) => body.purpose === 'publish-evaluation'),
  );
}
