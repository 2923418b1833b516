/**
 * The schema, as numbered steps that are never edited once released: a new one is added at the end. Times are
 * milliseconds since 1970; JSON columns hold values whose schemas are in shared/contract. The longer steps
 * stand in schema/, by what they are about.
 */
import { experiments, selfTests } from './schema/runs.ts';
import { contentAndRules, csvImports, groups, groupsFromCsv, parts, ratings, taken } from './schema/photos.ts';
import { bytesOfFiles, pagesAndCounts, tagCounts, tagCountsByFolder } from './schema/counts.ts';
import { collections, tags } from './schema/tags.ts';
import { namings } from './schema/namings.ts';
import { schemaOne } from './schema/one.ts';

export const migrations: readonly { name: string; sql: string }[] = [
  { name: 'library, runs and what they made', sql: schemaOne },
  { name: 'self-tests of devices', sql: selfTests },
  { name: 'experiments of the Lab', sql: experiments },
  { name: 'the queue', sql: 'ALTER TABLE runs ADD COLUMN queue_place INTEGER;' },
  {
    name: 'the language of an experiment',
    sql: `ALTER TABLE experiments ADD COLUMN language TEXT NOT NULL DEFAULT 'en';`,
  },
  { name: 'what a photo is, and what follows from rules', sql: contentAndRules },
  { name: 'what a run is compared with', sql: 'ALTER TABLE runs ADD COLUMN baselines TEXT;' },
  {
    name: 'why a photo is skipped, by key and values',
    sql: `ALTER TABLE skipped ADD COLUMN key TEXT; ALTER TABLE skipped ADD COLUMN "values" TEXT;`,
  },
  {
    name: 'versions of records',
    sql: `
      -- by whose rules the settings and the figures are written: shared/records.ts
      ALTER TABLE runs ADD COLUMN record_version INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE epoch_metrics ADD COLUMN record_version INTEGER NOT NULL DEFAULT 1;
    `,
  },
  {
    name: 'browsers that may open the window',
    sql: `
      -- hash is SHA-256 of the cookie, which is known to the browser alone
      CREATE TABLE browsers (
        hash TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  { name: 'pages and counts of a million photos', sql: pagesAndCounts },
  {
    name: 'how measured values become pictures',
    sql: `
      -- the rule of a folder (a part of input in shared/config.ts) and what its last reading found, both JSON
      ALTER TABLE datasets ADD COLUMN input TEXT NOT NULL DEFAULT '{}';
      ALTER TABLE datasets ADD COLUMN findings TEXT NOT NULL DEFAULT '{}';
    `,
  },
  { name: 'tags', sql: tags },
  { name: 'parts of a file', sql: parts },
  {
    name: 'what a person should know of a photo',
    sql: `
      -- keys and values of sentences, JSON; NULL where there is nothing to tell
      ALTER TABLE images ADD COLUMN notes TEXT;
    `,
  },
  { name: 'bytes of files, however many photos they hold', sql: bytesOfFiles },
  { name: 'collections', sql: collections },
  {
    name: 'frozen encoders',
    sql: `
      -- the network of others that a run uses as it is (shared/frozen.ts), JSON; NULL where it trains its own
      ALTER TABLE runs ADD COLUMN encoder TEXT;
    `,
  },
  { name: 'ratings and keywords', sql: ratings },
  { name: 'photos that belong together', sql: groups },
  { name: 'groups and sides from a CSV', sql: groupsFromCsv },
  { name: 'when photos were taken', sql: taken },
  { name: 'how many photos have a tag', sql: tagCounts },
  {
    name: 'photos that were taken out, found without a look at all',
    sql: 'CREATE INDEX images_excluded ON images (dataset_id) WHERE excluded = 1;',
  },
  {
    name: 'photos that are not in line with their folder yet',
    sql: 'ALTER TABLE datasets ADD COLUMN unruled INTEGER NOT NULL DEFAULT 0;',
  },
  {
    name: 'what a folder holds beside photos',
    sql: "ALTER TABLE datasets ADD COLUMN passed_over TEXT NOT NULL DEFAULT '{}';",
  },
  { name: 'CSVs of a million lines', sql: csvImports },
  {
    name: 'photos that are held out, counted without a look at all',
    sql: 'CREATE INDEX images_held_out ON images (dataset_id, gone, excluded) WHERE held_out = 1;',
  },
  {
    name: 'browsers whose page has a key',
    sql: `
      -- who has but a cookie comes in anew by the printed address: all ports of this machine are shown that cookie
      DELETE FROM browsers;
      -- SHA-256 of the key, which the page alone knows
      ALTER TABLE browsers ADD COLUMN key_hash TEXT NOT NULL DEFAULT '';
    `,
  },
  { name: 'how many photos of each folder have a tag', sql: tagCountsByFolder },
  {
    name: 'where a folder was before it was said to have moved',
    sql: `
      -- JSON: from where, when, and the last row of images then, after which what the new place alone has was added
      ALTER TABLE datasets ADD COLUMN moved TEXT;
    `,
  },
  { name: 'names that the program gave', sql: namings },
];
