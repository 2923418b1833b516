/** Steps of the schema that are about photos: what one is, its parts, and what is known of it. */

export const contentAndRules = `
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
    `;

export const parts = `
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
    `;

export const ratings = `
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
    `;

export const groups = `
      -- by what photos are of one group, JSON; and whether folders named train, val and test are a split
      ALTER TABLE datasets ADD COLUMN grouping TEXT NOT NULL DEFAULT '{"by":"none"}';
      ALTER TABLE datasets ADD COLUMN split_folders INTEGER NOT NULL DEFAULT 1;
      -- NULL: it belongs to no other
      ALTER TABLE images ADD COLUMN photo_group TEXT;
      CREATE INDEX images_grouped ON images (dataset_id, gone, photo_group) WHERE photo_group IS NOT NULL;
    `;

export const groupsFromCsv = `
      -- side: 'train' or 'test'
      ALTER TABLE csv_labels ADD COLUMN photo_group TEXT;
      ALTER TABLE csv_labels ADD COLUMN side TEXT;
    `;

export const taken = `
      -- milliseconds by the camera's own clock, and the camera; what was described before is read for them again
      ALTER TABLE images ADD COLUMN taken INTEGER;
      ALTER TABLE images ADD COLUMN camera TEXT;
      UPDATE images SET described = 0 WHERE described = 1;
    `;

export const csvImports = `
      -- A CSV is kept under a number of its own, a few lines at a time; the folder says which number is read.
      ALTER TABLE datasets ADD COLUMN csv_import INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE csv_imports (
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        import INTEGER NOT NULL DEFAULT 0,
        file TEXT NOT NULL,
        label TEXT,
        photo_group TEXT,
        -- 'train' or 'test'
        side TEXT,
        PRIMARY KEY (dataset_id, import, file)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO csv_imports SELECT dataset_id, 0, file, label, photo_group, side FROM csv_labels;
      DROP TABLE csv_labels;
      ALTER TABLE csv_imports RENAME TO csv_labels;
    `;
