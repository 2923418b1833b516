/** The step of the schema that tells names which the program gave from those that a person typed. */

/** A collection of chosen photos, in the words of earlier versions; they have as many photos as their names say. */
const chosen = `SELECT collections.id, count(*) AS images FROM datasets AS collections
  JOIN collection_images ON dataset_id = collections.id WHERE parent IS NOT NULL AND tag IS NULL GROUP BY 1`;
const words = `iif(images = 1, '1 chosen photo', printf('%,d chosen photos', images)), '所选 ' || printf('%,d', images) || ' 张照片'`;

/** What follows the name of the folder in the name of a run. */
const number = 'substr(runs.name, length(datasets.name) + 2)';

export const namings = `
      -- key and values of the name, JSON; NULL where a person typed it, or it is a folder's or a file's
      ALTER TABLE datasets ADD COLUMN naming TEXT;
      ALTER TABLE runs ADD COLUMN naming TEXT;
      ALTER TABLE tags ADD COLUMN naming TEXT;
      UPDATE datasets SET naming = json_object('key', 'given.chosen', 'values', json_object('count', images))
        FROM (${chosen}) AS chosen WHERE chosen.id = datasets.id AND name IN (${words});
      UPDATE runs SET naming = json_object('key', 'given.numbered', 'values', json_object(
          'name', json(datasets.naming), 'number', ${number}))
        FROM datasets WHERE datasets.id = dataset_id AND datasets.naming IS NOT NULL
          AND runs.name = datasets.name || ' ' || CAST(CAST(${number} AS INTEGER) AS TEXT);
    `;
