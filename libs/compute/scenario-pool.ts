import { Piscina } from 'piscina';
import {
  thresholdSearch,
  type Scenario,
  type ScanPoint,
  type SsfOutcome,
  type SsfSearch,
  type System,
  type Wave,
} from '#libs/dlcm/index';
import { ScenarioPoolError } from './compute-error.js';
import { fromFailure } from './engine-requests.js';
import type { ScenarioAnswer } from './scenario-thread.js';
import { sharedSystem } from './shared-system.js';

const THREAD = new URL('./scenario-thread.js', import.meta.url).href;

/** How many of a sweep's scenarios are done. */
export type OnProgress = (done: number, of: number) => void;

/** Threads that hold one system and run scenarios over it. Results do not depend on how many they are. */
export interface ScenarioPool {
  readonly threads: number;
  /** One point a shock, in the order of the shocks. */
  sweep(
    scenario: Scenario,
    shocks: readonly number[],
    onProgress?: OnProgress,
  ): Promise<readonly ScanPoint[]>;
  /** The outcome that `searchThreshold` gives, with points computed side by side and ahead. */
  ssfThreshold(question: { readonly scenario: Scenario; readonly search: SsfSearch }): Promise<SsfOutcome>;
  close(): Promise<void>;
}

/**
 * Opens a pool. Its threads live until it is closed and share the accounts' columns in one memory.
 *
 * @throws ScenarioPoolError (QUE-212), from its methods, when a thread ends or the pool is closed
 */
export function scenarioPool(
  system: System,
  options: { readonly threads: number; readonly thread?: string },
): ScenarioPool {
  const { threads } = options;
  const pool = new Piscina<{ readonly scenario: Scenario; readonly shock: number }, ScenarioAnswer>({
    filename: options.thread ?? THREAD,
    minThreads: threads,
    maxThreads: threads,
    workerData: sharedSystem(system),
  });
  // A thread that cannot start breaks no task by itself.
  const broken = new Promise<never>((_, reject) => pool.on('error', reject));
  broken.catch(() => undefined);
  const pointAt = async (scenario: Scenario, shock: number): Promise<ScanPoint> => {
    const answer = await Promise.race([pool.run({ scenario, shock }), broken]).catch((cause: unknown) => {
      throw new ScenarioPoolError(threads, { cause });
    });
    if ('failure' in answer) throw fromFailure(answer.failure);
    return answer.point;
  };
  return {
    threads,
    async sweep(scenario, shocks, onProgress) {
      let done = 0;
      return Promise.all(
        shocks.map(async (shock) => {
          const point = await pointAt(scenario, shock);
          done += 1;
          onProgress?.(done, shocks.length);
          return point;
        }),
      );
    },
    async ssfThreshold(question) {
      const search = thresholdSearch(system, question);
      let step = search.next();
      while (step.done !== true) {
        const ask = (shock: number) => pointAt(question.scenario, shock);
        step = search.next(await answer(step.value, { ask, threads }));
      }
      return step.value;
    },
    close: () => pool.destroy(),
  };
}

interface Asking {
  readonly ask: (shock: number) => Promise<ScanPoint>;
  readonly threads: number;
}

/** Keeps two points a thread in hand, reads them in order, and drops what was computed beyond the end of the wave. */
async function answer(wave: Wave, { ask, threads }: Asking): Promise<readonly ScanPoint[]> {
  const points: ScanPoint[] = [];
  const ahead: Promise<ScanPoint>[] = [];
  let next = 0;
  while (points.length < wave.shocks.length) {
    while (ahead.length < 2 * threads && next < wave.shocks.length) ahead.push(ask(wave.shocks[next++]!));
    const point = await ahead.shift()!;
    points.push(point);
    if (wave.ends(point)) break;
  }
  await Promise.allSettled(ahead);
  return points;
}
