import { workerData } from 'piscina';
import { pointAt, type Scenario, type ScanPoint } from '#libs/dlcm/index';
import { toFailure, type EngineFailure } from './engine-requests.js';
import { useKernel } from './kernel.js';
import { systemFrom, type SharedSystem } from './shared-system.js';

/** A point, or the engine's refusal as plain data. */
export type ScenarioAnswer = { readonly point: ScanPoint } | { readonly failure: EngineFailure };

useKernel();
const system = systemFrom(workerData as SharedSystem);

/** One scenario at a time: the next free thread takes the next one. */
export default function runScenario(task: {
  readonly scenario: Scenario;
  readonly shock: number;
}): ScenarioAnswer {
  try {
    return { point: pointAt(system, task.scenario, task.shock) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}
