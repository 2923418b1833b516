/** Steps of the schema that are about tags of photos and collections. */

export const tags = `
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
    `;

export const collections = `
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
    `;
