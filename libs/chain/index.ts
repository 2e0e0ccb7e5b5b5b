export { startAnvil, type Anvil, type AnvilOptions } from './anvil.js';
export { anvilBinary } from './anvil-binary.js';
export { ChainError } from './chain-error.js';
export {
  anvilClientOf,
  chainOf,
  checkEndpoint,
  publicClientOf,
  transportOf,
  walletClientOf,
  type ClientOptions,
  type EndpointDemand,
  type EndpointState,
  type ReadClient,
} from './clients.js';
export {
  deploymentSchema,
  parseDeployment,
  readDeployment,
  writeDeployment,
  type Deployment,
} from './deployment.js';
export { bumpedFees, gasWithMargin, type Fees } from './fees.js';
export { forkChain, type ForkOptions } from './fork.js';
export { freePort } from './free-port.js';
export { rpcAnswer, type RpcAnswer, type RpcAnswerKind } from './rpc-answer.js';
export {
  encodeSafeExecution,
  packSignatures,
  readSafe,
  recoveredOwners,
  safeAbi,
  safeOutcome,
  type OwnerSignature,
  type SafeCall,
  type SafeOutcome,
  type SafeState,
} from './safe.js';
export * from './line/index.js';
