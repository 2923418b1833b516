/** Steps of the schema that are about runs, what computes them and the Lab. */

export const selfTests = `
      CREATE TABLE self_tests (
        provider TEXT NOT NULL,
        device TEXT NOT NULL,
        driver TEXT NOT NULL,
        runtime TEXT NOT NULL,
        -- NULL while the test runs: found so at a start, it took the program or the machine down
        result TEXT,
        PRIMARY KEY (provider, device, driver, runtime)
      ) STRICT, WITHOUT ROWID;
    `;

export const experiments = `
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
    `;
