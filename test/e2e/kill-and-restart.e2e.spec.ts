import { afterEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '#libs/platform/index';
import { StoryRun } from '#test/support/story-run';

const STORY_PATIENCE_MS = 900_000;

interface SentTransaction {
  readonly intent: string;
  readonly purpose: string;
  readonly nonces: number;
}

async function query<Row extends object>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * What the relayer journalled, by intent: replacements share a nonce, a second transaction would have another. A sync is left
 * out: it pushes whatever is in force and is meant to be repeated while a margin ramps.
 */
async function sentTransactions(folder: string): Promise<readonly SentTransaction[]> {
  const server = await startPostgres({ dataFolder: join(folder, 'postgres') });
  try {
    const named = "SELECT datname FROM pg_database WHERE datname LIKE 'srd_%'";
    const databases = await query<{ datname: string }>(server.urlOf('postgres'), named);
    expect(databases).toHaveLength(1);
    return await query<SentTransaction>(
      server.urlOf(databases[0]?.datname ?? ''),
      `SELECT body->>'intent' AS intent, body->>'purpose' AS purpose, count(DISTINCT body->>'nonce')::int AS nonces
         FROM submission WHERE body->>'purpose' <> 'sync' GROUP BY 1, 2`,
    );
  } finally {
    await server.stop();
  }
}

describe('the story with processes killed in the middle', () => {
  let run: StoryRun | null = null;
  afterEach(async () => {
    await run?.dispose();
    run = null;
  });

  it(
    'behavior: worker, relayer and a co-signer die of SIGKILL; the end is the same and nothing is sent twice',
    async () => {
      const story = new StoryRun();
      run = story;
      const killed: string[] = [];
      const kill = (name: string) => () => {
        story.kill(name);
        killed.push(name);
      };
      story.onLine(/^\s*\S+ s\s+snapshot\s/, kill('worker'));
      story.onLine(/^\s*\S+ s\s+attestation\s/, kill('cosigner-responder-1'));
      story.onLine(/^\s*\S+ s\s+submission\s/, kill('relayer'));
      story.onLine(/^\s*\S+ s\s+remedy\s/, kill('worker'));
      story.onLine(/^\s*\S+ s\s+co-signature\s/, kill('relayer'));
      const code = await story.ended;
      const text = code === 0 ? '' : story.text();
      expect({ code, text, killed: new Set(killed) }).toEqual({
        code: 0,
        text: '',
        killed: new Set(['worker', 'cosigner-responder-1', 'relayer']),
      });
      const sent = await sentTransactions(story.folder);
      expect(sent.length).toBeGreaterThan(1);
      expect(sent.filter(({ nonces }) => nonces > 1)).toEqual([]);
      expect(readdirSync(story.folder)).not.toContain('archive');
    },
    STORY_PATIENCE_MS,
  );
});
