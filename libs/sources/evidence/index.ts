export { checkEvidence, type Evidence } from './evidence.js';
export { EvidenceError } from './evidence-error.js';
export { limitedFetch, type FetchLimits } from './limited-fetch.js';
export { readEvidence, type EvidenceOptions } from './read-evidence.js';
export { evidenceDifferences, type EvidenceDifference } from './differences.js';
