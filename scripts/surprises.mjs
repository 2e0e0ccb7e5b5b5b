// Writes docs/model/how-this-can-surprise-you.md from fresh runs of the engine.
import { writeFileSync } from 'node:fs';
import { surprisePage } from '../dist/test/support/surprises.js';

writeFileSync(new URL('../docs/model/how-this-can-surprise-you.md', import.meta.url), surprisePage());
