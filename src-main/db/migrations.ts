/**
 * The schema, as numbered steps that are never edited once released: a new one is added at the end. Times are
 * milliseconds since 1970; JSON columns hold values whose schemas are in shared/contract.
 */
import { schemaOne } from './schemaOne.ts';

export const migrations: readonly { name: string; sql: string }[] = [
  { name: 'library, runs and what they made', sql: schemaOne },
  {
    name: 'self-tests of devices',
    sql: `
      CREATE TABLE self_tests (
        provider TEXT NOT NULL,
        device TEXT NOT NULL,
        driver TEXT NOT NULL,
        runtime TEXT NOT NULL,
        -- NULL while the test runs: found so at a start, it took the program or the machine down
        result TEXT,
        PRIMARY KEY (provider, device, driver, runtime)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'experiments of the Lab',
    sql: `
      CREATE TABLE experiments (
        id TEXT PRIMARY KEY,
        study TEXT NOT NULL,
        dataset_id TEXT NOT NULL REFERENCES datasets(id),
        state TEXT NOT NULL,
        minutes REAL NOT NULL,
        seeds INTEGER NOT NULL,
        linear INTEGER NOT NULL,
        plan TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        ended_at INTEGER,
        report_folder TEXT
      ) STRICT;

      -- One training: an arm with a seed. What came of it is kept when its run is deleted.
      CREATE TABLE experiment_cells (
        experiment_id TEXT NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        arm_id TEXT NOT NULL,
        seed INTEGER NOT NULL,
        run_id TEXT REFERENCES runs(id) ON DELETE SET NULL,
        color TEXT NOT NULL,
        ended TEXT,
        figures TEXT,
        linear REAL,
        linear_error TEXT,
        error TEXT,
        seconds REAL NOT NULL,
        retries INTEGER NOT NULL,
        PRIMARY KEY (experiment_id, place)
      ) STRICT;
      CREATE INDEX experiment_cells_by_run ON experiment_cells (run_id);
    `,
  },
  { name: 'the queue', sql: 'ALTER TABLE runs ADD COLUMN queue_place INTEGER;' },
  {
    name: 'the language of an experiment',
    sql: `ALTER TABLE experiments ADD COLUMN language TEXT NOT NULL DEFAULT 'en';`,
  },
  {
    name: 'what a photo is, and what follows from rules',
    sql: `
      -- A photo is a file, its content and a part of it (a tile, a page; '' is the whole). content is a hash of the
      -- file's bytes, NULL until it was read; first_file is the name it was first found under, where that has changed.
      ALTER TABLE images ADD COLUMN content TEXT;
      ALTER TABLE images ADD COLUMN part TEXT NOT NULL DEFAULT '';
      ALTER TABLE images ADD COLUMN first_file TEXT;
      -- gone said only that a photo is not to be used; now 1 is away, 2 replaced under its name, 3 unreadable
      UPDATE images SET gone = 2 WHERE gone = 1 AND EXISTS (
        SELECT 1 FROM images AS now WHERE now.dataset_id = images.dataset_id AND now.file = images.file AND now.gone = 0);
      UPDATE images SET gone = 3 WHERE gone = 1 AND EXISTS (
        SELECT 1 FROM skipped WHERE skipped.dataset_id = images.dataset_id AND skipped.file = images.file
          AND skipped.code <> 'scan');

      -- What a CSV says, kept for photos that come later or come back.
      CREATE TABLE csv_labels (
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        file TEXT NOT NULL,
        label TEXT,
        PRIMARY KEY (dataset_id, file)
      ) STRICT, WITHOUT ROWID;
      INSERT OR IGNORE INTO csv_labels SELECT dataset_id, file, label FROM images
        WHERE label IS NOT NULL AND dataset_id IN (SELECT id FROM datasets WHERE label_source = 'csv')
        ORDER BY gone, images.rowid DESC;

      -- A person has said where labels come from; until then the first reading guesses.
      ALTER TABLE datasets ADD COLUMN labels_chosen INTEGER NOT NULL DEFAULT 0;
    `,
  },
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
  {
    name: 'pages and counts of a million photos',
    sql: `
      -- what is there, in the order in which it is shown, with what pages are filtered by
      CREATE INDEX images_here ON images (dataset_id, file, excluded, label) WHERE gone = 0;

      -- How many photos there are of each kind; the triggers keep it right, whoever writes.
      CREATE TABLE image_counts (
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        gone INTEGER NOT NULL,
        excluded INTEGER NOT NULL,
        labelled INTEGER NOT NULL, -- 0: label is '' in place of NULL
        label TEXT NOT NULL,
        format TEXT NOT NULL,
        unread INTEGER NOT NULL,
        images INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        PRIMARY KEY (dataset_id, gone, excluded, labelled, label, format, unread)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO image_counts
        SELECT dataset_id, gone, excluded, label IS NOT NULL, coalesce(label, ''), format, width = 0, count(*), sum(bytes)
        FROM images GROUP BY 1, 2, 3, 4, 5, 6, 7;
      CREATE TRIGGER images_count_added AFTER INSERT ON images BEGIN
        INSERT INTO image_counts VALUES (NEW.dataset_id, NEW.gone, NEW.excluded, NEW.label IS NOT NULL,
          coalesce(NEW.label, ''), NEW.format, NEW.width = 0, 1, NEW.bytes)
        ON CONFLICT DO UPDATE SET images = images + 1, bytes = bytes + excluded.bytes;
      END;
      CREATE TRIGGER images_count_removed AFTER DELETE ON images BEGIN
        UPDATE image_counts SET images = images - 1, bytes = bytes - OLD.bytes
        WHERE dataset_id = OLD.dataset_id AND gone = OLD.gone AND excluded = OLD.excluded
          AND labelled = (OLD.label IS NOT NULL) AND label = coalesce(OLD.label, '') AND format = OLD.format
          AND unread = (OLD.width = 0);
      END;
      CREATE TRIGGER images_count_changed
      AFTER UPDATE OF dataset_id, gone, excluded, label, format, width, bytes ON images
      WHEN OLD.dataset_id IS NOT NEW.dataset_id OR OLD.gone IS NOT NEW.gone OR OLD.excluded IS NOT NEW.excluded
        OR OLD.label IS NOT NEW.label OR OLD.format IS NOT NEW.format OR (OLD.width = 0) IS NOT (NEW.width = 0)
        OR OLD.bytes IS NOT NEW.bytes
      BEGIN
        UPDATE image_counts SET images = images - 1, bytes = bytes - OLD.bytes
        WHERE dataset_id = OLD.dataset_id AND gone = OLD.gone AND excluded = OLD.excluded
          AND labelled = (OLD.label IS NOT NULL) AND label = coalesce(OLD.label, '') AND format = OLD.format
          AND unread = (OLD.width = 0);
        INSERT INTO image_counts VALUES (NEW.dataset_id, NEW.gone, NEW.excluded, NEW.label IS NOT NULL,
          coalesce(NEW.label, ''), NEW.format, NEW.width = 0, 1, NEW.bytes)
        ON CONFLICT DO UPDATE SET images = images + 1, bytes = bytes + excluded.bytes;
      END;
    `,
  },
  {
    name: 'how measured values become pictures',
    sql: `
      -- the rule of a folder (a part of input in shared/config.ts) and what its last reading found, both JSON
      ALTER TABLE datasets ADD COLUMN input TEXT NOT NULL DEFAULT '{}';
      ALTER TABLE datasets ADD COLUMN findings TEXT NOT NULL DEFAULT '{}';
    `,
  },
  {
    name: 'tags',
    sql: `
      CREATE TABLE tags (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        color TEXT NOT NULL,
        -- 1 to 9: pressed on chosen photos
        key INTEGER,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE image_tags (
        tag_id TEXT NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
        image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
        PRIMARY KEY (tag_id, image_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX image_tags_by_image ON image_tags (image_id);
      -- Said not to belong to a tag, while the rest of it was looked for.
      CREATE TABLE tag_rejections (
        tag_id TEXT NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
        image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
        PRIMARY KEY (tag_id, image_id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'parts of a file',
    sql: `
      -- A whole file that is divided into photos stays as their parent (gone = 4), with the key of the rule by which it
      -- was looked at ('' or NULL: not yet) in divided; place is the order of its parts, 0 for what is whole.
      ALTER TABLE images ADD COLUMN parent TEXT REFERENCES images(id);
      ALTER TABLE images ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE images ADD COLUMN divided TEXT;
      -- tiles of it that were left out, being of one tone
      ALTER TABLE images ADD COLUMN empty_tiles INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX images_by_parent ON images (parent, place) WHERE parent IS NOT NULL;
      CREATE INDEX images_large ON images (dataset_id) WHERE max(width, height) >= 10000 AND gone = 0 AND part = '';
      CREATE INDEX images_divided ON images (dataset_id) WHERE gone = 4;
      DROP INDEX images_here;
      CREATE INDEX images_here ON images (dataset_id, file, place, excluded, label) WHERE gone = 0;
    `,
  },
  {
    name: 'what a person should know of a photo',
    sql: `
      -- keys and values of sentences, JSON; NULL where there is nothing to tell
      ALTER TABLE images ADD COLUMN notes TEXT;
    `,
  },
  {
    name: 'bytes of files, however many photos they hold',
    sql: `
      -- a tile or a page has the bytes of its whole file: only what is whole is counted, also where it is divided
      DROP TRIGGER images_count_added;
      DROP TRIGGER images_count_removed;
      DROP TRIGGER images_count_changed;
      DELETE FROM image_counts;
      INSERT INTO image_counts
        SELECT dataset_id, gone, excluded, label IS NOT NULL, coalesce(label, ''), format, width = 0, count(*),
          sum(iif(part = '', bytes, 0))
        FROM images GROUP BY 1, 2, 3, 4, 5, 6, 7;
      CREATE TRIGGER images_count_added AFTER INSERT ON images BEGIN
        INSERT INTO image_counts VALUES (NEW.dataset_id, NEW.gone, NEW.excluded, NEW.label IS NOT NULL,
          coalesce(NEW.label, ''), NEW.format, NEW.width = 0, 1, iif(NEW.part = '', NEW.bytes, 0))
        ON CONFLICT DO UPDATE SET images = images + 1, bytes = bytes + excluded.bytes;
      END;
      CREATE TRIGGER images_count_removed AFTER DELETE ON images BEGIN
        UPDATE image_counts SET images = images - 1, bytes = bytes - iif(OLD.part = '', OLD.bytes, 0)
        WHERE dataset_id = OLD.dataset_id AND gone = OLD.gone AND excluded = OLD.excluded
          AND labelled = (OLD.label IS NOT NULL) AND label = coalesce(OLD.label, '') AND format = OLD.format
          AND unread = (OLD.width = 0);
      END;
      CREATE TRIGGER images_count_changed
      AFTER UPDATE OF dataset_id, gone, excluded, label, format, width, bytes, part ON images
      WHEN OLD.dataset_id IS NOT NEW.dataset_id OR OLD.gone IS NOT NEW.gone OR OLD.excluded IS NOT NEW.excluded
        OR OLD.label IS NOT NEW.label OR OLD.format IS NOT NEW.format OR (OLD.width = 0) IS NOT (NEW.width = 0)
        OR OLD.bytes IS NOT NEW.bytes OR OLD.part IS NOT NEW.part
      BEGIN
        UPDATE image_counts SET images = images - 1, bytes = bytes - iif(OLD.part = '', OLD.bytes, 0)
        WHERE dataset_id = OLD.dataset_id AND gone = OLD.gone AND excluded = OLD.excluded
          AND labelled = (OLD.label IS NOT NULL) AND label = coalesce(OLD.label, '') AND format = OLD.format
          AND unread = (OLD.width = 0);
        INSERT INTO image_counts VALUES (NEW.dataset_id, NEW.gone, NEW.excluded, NEW.label IS NOT NULL,
          coalesce(NEW.label, ''), NEW.format, NEW.width = 0, 1, iif(NEW.part = '', NEW.bytes, 0))
        ON CONFLICT DO UPDATE SET images = images + 1, bytes = bytes + excluded.bytes;
      END;
    `,
  },
  {
    name: 'collections',
    sql: `
      -- A collection is photos of a folder (its parent): those with a tag, those of a list, or both. Its photos are the
      -- folder's own rows, so that labels, sides, tags and what became of a file are the folder's.
      ALTER TABLE datasets ADD COLUMN parent TEXT REFERENCES datasets(id);
      -- an id of tags, which may be deleted: its photos are then in collection_images
      ALTER TABLE datasets ADD COLUMN tag TEXT;
      CREATE INDEX datasets_by_parent ON datasets (parent) WHERE parent IS NOT NULL;
      CREATE TABLE collection_images (
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
        PRIMARY KEY (dataset_id, image_id)
      ) STRICT, WITHOUT ROWID;
      CREATE VIEW collection_members AS
        SELECT dataset_id, image_id FROM collection_images
        UNION ALL SELECT datasets.id, image_tags.image_id FROM datasets JOIN image_tags ON tag_id = datasets.tag;
    `,
  },
  {
    name: 'frozen encoders',
    sql: `
      -- the network of others that a run uses as it is (shared/frozen.ts), JSON; NULL where it trains its own
      ALTER TABLE runs ADD COLUMN encoder TEXT;
    `,
  },
  {
    name: 'ratings and keywords',
    sql: `
      -- what XMP and IPTC say of a photo; described: they were looked for
      ALTER TABLE images ADD COLUMN rating INTEGER;
      ALTER TABLE images ADD COLUMN described INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX images_undescribed ON images (dataset_id, file) WHERE described = 0;
      CREATE INDEX images_rated ON images (dataset_id, rating) WHERE rating IS NOT NULL;
      CREATE TABLE image_keywords (
        image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
        keyword TEXT NOT NULL,
        PRIMARY KEY (image_id, keyword)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX image_keywords_by_keyword ON image_keywords (keyword COLLATE NOCASE, image_id);
    `,
  },
  {
    name: 'photos that belong together',
    sql: `
      -- by what photos are of one group, JSON; and whether folders named train, val and test are a split
      ALTER TABLE datasets ADD COLUMN grouping TEXT NOT NULL DEFAULT '{"by":"none"}';
      ALTER TABLE datasets ADD COLUMN split_folders INTEGER NOT NULL DEFAULT 1;
      -- NULL: it belongs to no other
      ALTER TABLE images ADD COLUMN photo_group TEXT;
      CREATE INDEX images_grouped ON images (dataset_id, gone, photo_group) WHERE photo_group IS NOT NULL;
    `,
  },
  {
    name: 'groups and sides from a CSV',
    sql: `
      -- side: 'train' or 'test'
      ALTER TABLE csv_labels ADD COLUMN photo_group TEXT;
      ALTER TABLE csv_labels ADD COLUMN side TEXT;
    `,
  },
  {
    name: 'when photos were taken',
    sql: `
      -- milliseconds by the camera's own clock, and the camera; what was described before is read for them again
      ALTER TABLE images ADD COLUMN taken INTEGER;
      ALTER TABLE images ADD COLUMN camera TEXT;
      UPDATE images SET described = 0 WHERE described = 1;
    `,
  },
  {
    name: 'how many photos have a tag',
    sql: `
      -- photos that are there; the triggers keep it right, whoever writes
      CREATE TABLE tag_counts (
        tag_id TEXT PRIMARY KEY REFERENCES tags(id) ON DELETE CASCADE,
        images INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO tag_counts SELECT tags.id, (SELECT count(*) FROM image_tags JOIN images ON images.id = image_id
        WHERE tag_id = tags.id AND gone = 0) FROM tags;
      CREATE TRIGGER tag_count_begun AFTER INSERT ON tags BEGIN INSERT INTO tag_counts VALUES (NEW.id, 0); END;
      CREATE TRIGGER tag_count_more AFTER INSERT ON image_tags
      WHEN (SELECT gone FROM images WHERE id = NEW.image_id) = 0
      BEGIN UPDATE tag_counts SET images = images + 1 WHERE tag_id = NEW.tag_id; END;
      CREATE TRIGGER tag_count_less AFTER DELETE ON image_tags
      WHEN (SELECT gone FROM images WHERE id = OLD.image_id) = 0
      BEGIN UPDATE tag_counts SET images = images - 1 WHERE tag_id = OLD.tag_id; END;
      CREATE TRIGGER tag_count_gone AFTER UPDATE OF gone ON images WHEN (OLD.gone = 0) IS NOT (NEW.gone = 0) BEGIN
        UPDATE tag_counts SET images = images + iif(NEW.gone = 0, 1, -1)
        WHERE tag_id IN (SELECT tag_id FROM image_tags WHERE image_id = NEW.id);
      END;
      CREATE TRIGGER tag_count_removed BEFORE DELETE ON images WHEN OLD.gone = 0 BEGIN
        UPDATE tag_counts SET images = images - 1
        WHERE tag_id IN (SELECT tag_id FROM image_tags WHERE image_id = OLD.id);
      END;
    `,
  },
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
];
