import { type Interceptor, type QueryResultRow, SchemaValidationError } from 'slonik';

/** Checks every row against the schema of its query, so that a changed function is noticed where it is called. */
export function createResultParser(): Interceptor {
  return {
    name: 'result-parser',
    transformRow: (context, query, row): QueryResultRow => {
      const { resultParser } = context;
      if (resultParser === undefined) return row;
      const result = resultParser.safeParse(row);
      if (!result.success) throw new SchemaValidationError(query, row, result.error.issues);
      return result.data as QueryResultRow;
    },
  };
}
