import ColumnStore
import EngineTesting
import QueryPlanning

/// The values at the edges of every type, as they are written in SQL.
enum ExtremeValues {
  /// A view with a column of each type, so that arguments are constants, columns or both.
  static let setUp = [
    """
    CREATE TABLE rows (id bigint, i bigint, x double precision, s text, b boolean, d date,
      ts timestamp, tz timestamptz, j json)
    """,
    """
    INSERT INTO rows VALUES
      (1, 9223372036854775807, 1e308, '', true, '0001-01-01', '0001-01-01', '0001-01-01 00:00+14', '{}'),
      (2, -9223372036854775807 - 1, -1e308, 'a', false, '9999-12-31', '9999-12-31 23:59:59.999',
       '9999-12-31 23:59+00', '[1, {"a": [null]}]'),
      (3, 0, 'NaN', 'äöü €😀', NULL, '1970-01-01', '1969-12-31 23:59:59.999', '2024-03-31 01:30+00', '"x"'),
      (4, -1, 'Infinity', '%_\\', true, '2024-02-29', '2024-02-29', '2024-10-27 01:30+00', 'null'),
      (5, 4294967296, '-Infinity', NULL, false, NULL, NULL, NULL, NULL),
      (6, NULL, NULL, '2024-02-30 25:61', NULL, '5874897-12-31', '294276-12-31 23:59:59',
       '294276-12-31 00:00+00', '{"a": {"a": {"a": 1e-300}}}'),
      (7, 1, 5e-324, repeat('long text ', 20000), true, '2000-01-01', '2000-01-01',
       '2000-01-01 00:00+00', '[]')
    """,
    """
    CREATE VIEW edges AS SELECT *,
      CASE id WHEN 1 THEN interval '178956970 years' WHEN 2 THEN interval '-178956970 years'
        WHEN 3 THEN interval '1 ms' WHEN 4 THEN interval '2147483647 days' WHEN 6 THEN interval '0'
        WHEN 7 THEN interval '1 month -31 days 1 hour' END AS v,
      CASE id WHEN 1 THEN ARRAY[]::bigint[] WHEN 2 THEN ARRAY[1, NULL]
        WHEN 3 THEN ARRAY[9223372036854775807, -9223372036854775807] WHEN 5 THEN ARRAY[i] END AS a,
      CASE id WHEN 1 THEN ARRAY[]::text[] WHEN 2 THEN ARRAY[NULL, ''] WHEN 3 THEN ARRAY['a', 'b,c']
        WHEN 6 THEN ARRAY['(', '[', '*'] WHEN 7 THEN ARRAY[s] END AS t
    FROM rows
    """,
    "CREATE VIEW sketches AS SELECT hll(i) AS h, tdigest(i) AS q FROM rows WHERE id > 2",
  ]

  private static let integers = [
    "0", "1", "-1", "2", "9223372036854775807", "(-9223372036854775807 - 1)", "2147483648",
    "NULL::bigint", "i", "i", "i",
  ]
  private static let doubles = [
    "0.0::double precision", "-0.0::double precision", "1e308::double precision",
    "5e-324::double precision", "0.5::double precision", "9.3e18::double precision",
    "-9.3e18::double precision", "'NaN'::double precision", "'Infinity'::double precision",
    "'-Infinity'::double precision", "NULL::double precision", "x", "x", "x",
  ]
  private static let texts = [
    "''", "'a'", "'%'", "'\\\\'", "'('", "'[[:alpha:]]+'", "'(a*)*'", "'äöü €😀'",
    "'YYYY-MM-DD HH24:MI'",
    "'FM999,999.99'", "'{1,2}'", "'UTC'", "'Europe/Berlin'", "repeat('x', 100000)",
    "repeat('[', 10000)", "'$.a[0]'", "NULL::text", "s", "s", "s",
  ]
  private static let booleans = ["true", "false", "NULL::boolean", "b"]
  private static let dates = [
    "date '0001-01-01'", "date '9999-12-31'", "date '5874897-12-31'", "date '2024-02-29'",
    "NULL::date", "d", "d",
  ]
  private static let timestamps = [
    "timestamp '0001-01-01'", "timestamp '9999-12-31 23:59:59.999'",
    "timestamp '294276-12-31 23:59:59'", "NULL::timestamp", "ts", "ts",
  ]
  private static let instants = [
    "timestamptz '0001-01-01 00:00+00'", "timestamptz '294276-12-31 00:00+00'",
    "timestamptz '2024-03-31 01:30+00'", "NULL::timestamptz", "tz", "tz",
  ]
  private static let intervals = [
    "interval '0'", "interval '178956970 years'", "interval '-178956970 years'", "interval '1 ms'",
    "interval '-1 day'", "interval '2147483647 days'", "interval '1 month -31 days'",
    "NULL::interval", "v", "v",
  ]
  private static let documents = [
    "'{}'::json", "'[1, [2]]'::json", "'null'::json", "'\"\\\\ud800\"'::json", "NULL::json", "j",
    "j",
    "(repeat('[', 200) || repeat(']', 200))::json",
  ]
  private static let integerArrays = [
    "ARRAY[]::bigint[]", "ARRAY[1, NULL]", "ARRAY[9223372036854775807]", "NULL::bigint[]", "a", "a",
  ]
  private static let textArrays = ["ARRAY[]::text[]", "ARRAY['', NULL, 'a']", "NULL::text[]", "t"]
  private static let units = [
    "'day'", "'week'", "'millennium'", "'microseconds'", "'nonsense'", "''", "'quarter'",
    "'century'",
  ]
  private static let fields = units + ["'epoch'", "'julian'", "'dow'", "'isoyear'", "'timezone'"]
  private static let zones = ["'UTC'", "'Europe/Berlin'", "'Mars'", "''", "'+14:00'", "s"]
  private static let hyperLogLogs = ["(SELECT h FROM sketches)", "NULL::hll"]
  private static let digests = ["(SELECT q FROM sketches)", "NULL::tdigest"]

  /// One of every type.
  static let all =
    [
      integers, doubles, texts, booleans, dates, timestamps, instants, intervals, documents,
      integerArrays, textArrays, hyperLogLogs, digests,
    ]

  static func any(_ random: inout SplitMix64) -> String { random.pick(random.pick(all)) }

  /// A value that the parameter takes.
  static func value(for parameter: ParameterType, _ random: inout SplitMix64) -> String {
    switch parameter {
    case .number: return random.pick(random.chance(0.5) ? integers : doubles)
    case .anyArray: return random.pick(random.chance(0.6) ? integerArrays : textArrays)
    case .anyElement: return random.pick(random.chance(0.6) ? integers : texts)
    case .anyAsText: return any(&random)
    case .dateUnit: return random.pick(units)
    case .dateField: return random.pick(fields)
    case .timeZone: return random.pick(zones)
    case .type(let type):
      switch type {
      case .boolean: return random.pick(booleans)
      case .integer: return random.pick(integers)
      case .double: return random.pick(doubles)
      case .text: return random.pick(texts)
      case .timestamp: return random.pick(timestamps)
      case .timestampWithTimeZone: return random.pick(instants)
      case .date: return random.pick(dates)
      case .interval: return random.pick(intervals)
      case .json: return random.pick(documents)
      case .hyperLogLog: return random.pick(hyperLogLogs)
      case .digest: return random.pick(digests)
      case .array(.text): return random.pick(textArrays)
      case .array: return random.pick(integerArrays)
      case .null: return "NULL"
      }
    }
  }
}
