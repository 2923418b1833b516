/** Steps of the schema that find pages of photos in an index, and keep their counts by triggers, whoever writes. */

export const pagesAndCounts = `
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
    `;

export const bytesOfFiles = `
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
    `;

export const tagCounts = `
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
    `;

export const tagCountsByFolder = `
      -- the same for each folder: what a person sees beside a tag is of the folder that is open
      DROP TRIGGER tag_count_begun;
      DROP TRIGGER tag_count_more;
      DROP TRIGGER tag_count_less;
      DROP TRIGGER tag_count_gone;
      DROP TRIGGER tag_count_removed;
      DROP TABLE tag_counts;
      CREATE TABLE tag_counts (
        tag_id TEXT NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        images INTEGER NOT NULL,
        PRIMARY KEY (tag_id, dataset_id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO tag_counts SELECT tag_id, dataset_id, count(*) FROM image_tags JOIN images ON images.id = image_id
        WHERE gone = 0 GROUP BY 1, 2;
      CREATE TRIGGER tag_count_more AFTER INSERT ON image_tags BEGIN
        INSERT INTO tag_counts SELECT NEW.tag_id, dataset_id, 1 FROM images WHERE id = NEW.image_id AND gone = 0
        ON CONFLICT DO UPDATE SET images = images + 1;
      END;
      CREATE TRIGGER tag_count_less AFTER DELETE ON image_tags BEGIN
        UPDATE tag_counts SET images = images - 1 WHERE tag_id = OLD.tag_id
          AND dataset_id = (SELECT dataset_id FROM images WHERE id = OLD.image_id AND gone = 0);
      END;
      CREATE TRIGGER tag_count_gone AFTER UPDATE OF gone, dataset_id ON images
      WHEN (OLD.gone = 0) IS NOT (NEW.gone = 0) OR OLD.dataset_id IS NOT NEW.dataset_id BEGIN
        UPDATE tag_counts SET images = images - 1 WHERE OLD.gone = 0 AND dataset_id = OLD.dataset_id
          AND tag_id IN (SELECT tag_id FROM image_tags WHERE image_id = NEW.id);
        INSERT INTO tag_counts SELECT tag_id, NEW.dataset_id, 1 FROM image_tags WHERE image_id = NEW.id AND NEW.gone = 0
        ON CONFLICT DO UPDATE SET images = images + 1;
      END;
      CREATE TRIGGER tag_count_removed BEFORE DELETE ON images WHEN OLD.gone = 0 BEGIN
        UPDATE tag_counts SET images = images - 1 WHERE dataset_id = OLD.dataset_id
          AND tag_id IN (SELECT tag_id FROM image_tags WHERE image_id = OLD.id);
      END;
    `;
