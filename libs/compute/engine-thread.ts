import { parentPort, workerData } from 'node:worker_threads';
import type { RemainingBounds } from '#libs/application/index';
import {
  DEFAULT_PARAMETERS,
  evaluate,
  minimalRemedy,
  thresholdWithout,
  type RemedyBounds,
} from '#libs/dlcm/index';
import { useKernel } from './kernel.js';
import { toFailure, type EngineAnswer, type EngineInputs, type EngineRequest } from './engine-requests.js';

useKernel();
const { engineVersion } = workerData as { readonly engineVersion: string };

/** A tranche may be as small as one USD unless the chain's reader states a minimum. */
function withMinimum({ margins, backstops }: RemainingBounds): RemedyBounds {
  return { margins, backstops: backstops.map((bound) => ({ minSpendUsd: 1, ...bound })) };
}

const methods: { readonly [M in keyof EngineInputs]: (input: EngineInputs[M]) => unknown } = {
  evaluate: (input) => evaluate({ ...input, parameters: DEFAULT_PARAMETERS, engineVersion }),
  searchRemedy: ({ bounds, ...input }) =>
    minimalRemedy({ ...input, bounds: withMinimum(bounds), parameters: DEFAULT_PARAMETERS }),
  thresholdWithout: (input) => thresholdWithout({ ...input, parameters: DEFAULT_PARAMETERS }),
};

function resultOf(request: EngineRequest): unknown {
  if (request.method === 'evaluate') return methods.evaluate(request.input);
  if (request.method === 'searchRemedy') return methods.searchRemedy(request.input);
  return methods.thresholdWithout(request.input);
}

function answerTo(request: EngineRequest): EngineAnswer {
  try {
    return { id: request.id, ok: true, result: resultOf(request) };
  } catch (error) {
    return { id: request.id, ok: false, error: toFailure(error) };
  }
}

parentPort?.on('message', (request: EngineRequest) => parentPort?.postMessage(answerTo(request)));
