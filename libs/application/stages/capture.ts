import { encodeSnapshot } from '#libs/market/index';
import { jobOf } from '../commanding.js';
import type { LinePorts, StageOutcome } from '../line-ports.js';

/** Captures the market at the newest block and stores it by its root. */
export function captureStage(ports: Pick<LinePorts, 'store' | 'market'>) {
  return async (): Promise<StageOutcome> => {
    const encoded = encodeSnapshot(await ports.market.capture('latest'));
    const { header, root } = encoded;
    await ports.store.transaction(async (tx) => {
      for (const chunk of encoded.chunks) await tx.putChunk(chunk.digest, chunk.bytes);
      await tx.put({ kind: 'snapshot', id: root, parentId: null, createdAt: header.t0, body: header });
      await tx.enqueue(jobOf('evaluate', root));
    });
    return {
      stage: 'capture',
      artefacts: [root],
      note: `captured block ${header.blocks[0]?.number ?? 'none'}, ${header.bytes} bytes`,
    };
  };
}
