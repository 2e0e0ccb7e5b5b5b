export {
  OutboxDispatcher,
  type OutboxDispatcherOptions,
  type OutboxEntry,
  type OutboxSource,
} from './outbox-dispatcher.js';
export { openQueueBackend, type QueueBackend, type QueueBackendOptions } from './queue-backend.js';
export * from './queue-error.js';
export { STAGES, toQueueJobId } from './stage-jobs.js';
export { StageQueues, type DeadLetter } from './stage-queues.js';
export {
  assertOneHandlerPerStage,
  startStageWorkers,
  type HandledJob,
  type StageHandler,
  type StageHandlers,
  type StageObserver,
  type StageWorkers,
} from './stage-workers.js';
