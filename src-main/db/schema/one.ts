/** The schema of the first version, which every home begins with: released, and never edited. */
export const schemaOne = `
      CREATE TABLE datasets (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        folder TEXT NOT NULL UNIQUE,
        label_source TEXT NOT NULL DEFAULT 'none',
        label_depth INTEGER NOT NULL DEFAULT 1,
        held_out REAL NOT NULL DEFAULT 0,
        added_at INTEGER NOT NULL,
        scanned_at INTEGER,
        removed_at INTEGER
      ) STRICT;

      -- File names are kept as they came: SQLite compares bytes, so both Unicode normal forms can stand side by side.
      CREATE TABLE images (
        id TEXT PRIMARY KEY,
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        file TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        modified REAL NOT NULL,
        width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0,
        format TEXT NOT NULL DEFAULT '',
        hash TEXT,
        label TEXT,
        held_out INTEGER NOT NULL DEFAULT 0,
        excluded INTEGER NOT NULL DEFAULT 0,
        -- the file is no longer there; kept for the runs and embeddings that name it
        gone INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX images_by_file ON images (dataset_id, file);

      CREATE TABLE skipped (
        dataset_id TEXT NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
        file TEXT NOT NULL,
        reason TEXT NOT NULL,
        code TEXT NOT NULL,
        bytes INTEGER,
        modified REAL,
        PRIMARY KEY (dataset_id, file)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        color TEXT NOT NULL,
        notes TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL,
        dataset_id TEXT NOT NULL REFERENCES datasets(id),
        preset TEXT,
        config TEXT NOT NULL,
        cloned_from TEXT,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        ended_at INTEGER,
        device TEXT,
        images INTEGER NOT NULL DEFAULT 0,
        skipped INTEGER NOT NULL DEFAULT 0,
        epoch REAL NOT NULL DEFAULT 0,
        epochs INTEGER,
        step INTEGER NOT NULL DEFAULT 0,
        steps INTEGER,
        training_seconds REAL NOT NULL DEFAULT 0,
        eta_seconds REAL,
        images_per_second REAL,
        untrained TEXT,
        judgement TEXT,
        error TEXT,
        -- a finished run to be extended: by so many epochs, from the checkpoint of that step
        extend_by INTEGER,
        extend_from INTEGER,
        deleted_at INTEGER
      ) STRICT;

      CREATE TABLE epoch_metrics (
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        metrics TEXT NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;

      -- Figures may be NaN when a run diverges; SQLite keeps NaN as NULL.
      CREATE TABLE step_metrics (
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        epoch REAL NOT NULL,
        loss REAL,
        z_std REAL,
        learning_rate REAL,
        training_seconds REAL NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE verdicts (
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        judgement TEXT NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE strips (
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        epoch REAL NOT NULL,
        queries TEXT NOT NULL,
        PRIMARY KEY (run_id, step)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE checkpoints (
        id TEXT PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        -- the file's name below runs/<id>/checkpoints
        file TEXT NOT NULL,
        epoch REAL NOT NULL,
        step INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        has_optimizer_state INTEGER NOT NULL,
        kept TEXT NOT NULL,
        knn REAL,
        agreement REAL,
        created_at INTEGER NOT NULL,
        UNIQUE (run_id, file)
      ) STRICT;

      CREATE TABLE embedding_sets (
        id TEXT PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        checkpoint_id TEXT NOT NULL,
        epoch REAL NOT NULL,
        dataset_id TEXT NOT NULL REFERENCES datasets(id),
        -- what was embedded: changes when photos are added, excluded or replaced
        fingerprint TEXT NOT NULL,
        images INTEGER NOT NULL,
        dimensions INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX embedding_sets_by_run ON embedding_sets (run_id);

      CREATE TABLE evaluations (
        id TEXT PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        body TEXT NOT NULL,
        -- rows of [image id, actual class, predicted class]
        predictions TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE exports (
        id TEXT PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        body TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    `;
