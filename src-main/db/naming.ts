/** The column `naming` of folders, runs and tags: key and values of a name that the program gave, as JSON, or NULL. */
import type { Reason } from '../../shared/contract/wire.ts';

/** A row as SQLite has it. */
export type Kept<Row> = Omit<Row, 'naming'> & { naming: string | null };

const read = <Row extends { naming: Reason | null }>(row: Kept<Row>): Row =>
  ({ ...row, naming: row.naming === null ? null : (JSON.parse(row.naming) as Reason) }) as Row;

interface Query<Of extends unknown[], Row> {
  all(...of: Of): Kept<Row>[];
  get(...of: Of): Kept<Row> | undefined;
}

/** Of a row that is added: left out where a person or a file names the thing. */
export interface Addition {
  naming?: Reason | null | undefined;
}

export const namingColumn = ({ naming }: Addition): string | null => (naming ? JSON.stringify(naming) : null);

/** All rows of a query, or its first one, with their namings read. */
export const allNamed =
  <Of extends unknown[], Row extends { naming: Reason | null }>(query: Query<Of, Row>) =>
  (...of: Of): Row[] =>
    query.all(...of).map((row) => read<Row>(row));
export const oneNamed =
  <Of extends unknown[], Row extends { naming: Reason | null }>(query: Query<Of, Row>) =>
  (...of: Of): Row | undefined => {
    const row = query.get(...of);
    return row && read<Row>(row);
  };
