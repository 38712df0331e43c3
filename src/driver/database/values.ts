import pg from 'pg';

const OID = { int8: 20, numeric: 1700, date: 1082, timestamp: 1114, timestamptz: 1184, textArray: 1009 };
const ARRAY_OID = { int8: 1016, numeric: 1231, date: 1182, timestamp: 1115, timestamptz: 1185 };

/** An int8 as a number, or as a bigint where a number would be rounded. */
export function parseBigint(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

type Parser = (text: string) => unknown;

function arrayOf(parse: Parser): Parser {
  const split: Parser = pg.types.getTypeParser(OID.textArray, 'text');
  return (text) => (split(text) as (string | null)[]).map((item) => (item === null ? null : parse(item)));
}

const asText: Parser = (text) => text;

const PARSERS = new Map<number, Parser>([
  [OID.int8, parseBigint],
  [OID.numeric, asText],
  [OID.date, asText],
  [OID.timestamp, asText],
  [OID.timestamptz, asText],
  [ARRAY_OID.int8, arrayOf(parseBigint)],
  [ARRAY_OID.numeric, arrayOf(asText)],
  [ARRAY_OID.date, arrayOf(asText)],
  [ARRAY_OID.timestamp, arrayOf(asText)],
  [ARRAY_OID.timestamptz, arrayOf(asText)],
]);

/** How values arrive: see `openPool`. */
export function getTypeParser(oid: number, format?: string): Parser {
  return PARSERS.get(oid) ?? (pg.types.getTypeParser(oid, format as 'text') as Parser);
}
