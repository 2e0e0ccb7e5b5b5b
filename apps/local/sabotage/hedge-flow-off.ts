import { DEFAULT_PARAMETERS } from '#libs/dlcm/index';

// Loaded before a process's own code, this makes its engine forget the hedges of option makers: every process then agrees on a
// threshold that is wrong, and only the checker can tell.
Object.assign(DEFAULT_PARAMETERS.scenario, { hedgeFlow: false });
