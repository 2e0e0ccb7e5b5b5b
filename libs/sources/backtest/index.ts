export { backtestTable } from './table.js';
export {
  backtest,
  compare,
  fittedReaction,
  seenToReact,
  simulate,
  type Backtest,
  type BacktestRow,
  type Comparison,
  type Simulated,
} from './maker-backtest.js';
export {
  BACKTEST_FILES,
  EPISODES,
  readEpisode,
  rolled,
  type Episode,
  type EpisodeFiles,
} from './maker-episode.js';
