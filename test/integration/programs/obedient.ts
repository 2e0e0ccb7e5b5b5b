import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { runProcess, setting } from '#libs/platform/index';

/** A process of the house reduced to its life: writes what happens to it into JOURNAL. */
const schema = z.object({ JOURNAL: setting(z.string(), { description: 'File to write to.' }) });

await runProcess({
  name: 'obedient',
  schema,
  start: ({ config }) => {
    const note = (word: string): void => appendFileSync(config.JOURNAL, `${word}\n`);
    const beat = setInterval(() => undefined, 1_000);
    note(`pid ${process.pid}`);
    const close = (): Promise<void> => {
      clearInterval(beat);
      note('closed');
      return Promise.resolve();
    };
    return Promise.resolve({ info: { url: 'http://127.0.0.1:1' }, close });
  },
});
