import { actCalm } from './act-calm.js';
import { actFall } from './act-fall.js';
import { actPlayedShock } from './act-played-shock.js';
import { actRemedy } from './act-remedy.js';
import { actVote } from './act-vote.js';
import { check } from './check.js';
import { StoryStopped, type Stage } from './stage.js';

/** Plays the acts one after the other, then has them checked; resolves with the exit code. */
export async function playActs(stage: Stage): Promise<number> {
  try {
    if (stage.ground.world === null && !stage.options.exit) {
      stage.say('story', 'this world has played its story already; the line goes on on its schedule');
      return 0;
    }
    await actCalm(stage);
    const breached = await actFall(stage);
    const remedied = await actRemedy(stage, breached);
    const voted = await actVote(stage);
    const played = await actPlayedShock(stage, { breached, remedied });
    return await check(stage, { breached, remedied, voted, played });
  } catch (error) {
    if (!(error instanceof StoryStopped)) throw error;
    stage.say('story', `stopped: ${error.reason}`);
    return 1;
  }
}
