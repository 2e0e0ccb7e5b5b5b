export * from './artefacts.js';
export * from './chain-ports.js';
export * from './ports.js';
