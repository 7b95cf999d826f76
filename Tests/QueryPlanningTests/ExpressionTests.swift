import ColumnStore
import QueryPlanning
import Testing

/// Typed and folded expressions, as a plan shows them.
@Suite struct ExpressionTests {
  /// The one expression of `SELECT ... FROM events`.
  func bound(_ sql: String, zone: String = "UTC") throws -> String {
    let text = try explained("SELECT \(sql) FROM events", zone: zone)
    let first = text.split(separator: "\n").first.map(String.init) ?? ""
    return first.hasPrefix("Project: ") ? String(first.dropFirst(9)) : text
  }

  @Test(arguments: [
    ("1 + 2 * 3", "7"), ("7 / 2", "3"), ("7 / 2.0", "3.5"), ("-7 % 3", "-1"),
    ("'a' || 'b'", "'ab'"),
    ("'a' || 1", "'a1'"), ("1 / 0", "(1 / 0)"),
    ("9223372036854775807 + 1", "(9223372036854775807 + 1)"),
    ("-9223372036854775808", "-9223372036854775808"), ("true AND NOT false", "true"),
    ("NULL = 1", "NULL"), ("NULL AND false", "false"), ("1 IN (1, 2)", "true"),
    ("'1' = 1", "true"), ("'b' > 'a'", "true"), ("NULL IS NULL", "true"),
    ("1 IS DISTINCT FROM NULL", "true"), ("coalesce(NULL, 2, 3)", "2"),
    ("CASE WHEN false THEN 1 WHEN true THEN 2 END", "2"), ("nullif(1, 1)", "NULL"),
    ("'true'::boolean", "true"), ("'12'::int + 1", "13"), ("1.5::int", "2"), ("true::int", "1"),
    ("ARRAY[1, 2.5]", "'{1,2.5}'"), ("'{1,2}'::int[]", "'{1,2}'"), ("pi()", "3.141592653589793"),
    ("99999999999999999999.0", "1e+20"), ("1e3", "1000"),
  ])
  func `constants are folded`(sql: String, value: String) throws {
    #expect(try expression(sql) == value)
  }

  @Test(arguments: [
    ("now()", "'2024-05-31 12:00:00+00'"), ("current_date", "'2024-05-31'"),
    ("now() - interval '7 days'", "'2024-05-24 12:00:00+00'"),
    ("date '2024-01-31' + interval '1 month'", "'2024-02-29 00:00:00'"),
    ("date '2024-03-01' - 1", "'2024-02-29'"), ("interval '1 day' * 3", "interval '3 days'"),
    ("timestamptz '2024-01-01 00:00' AT TIME ZONE 'europe/berlin'", "'2024-01-01 01:00:00'"),
    ("timestamp '2024-01-01 00:00' AT TIME ZONE 'Europe/Berlin'", "'2023-12-31 23:00:00+00'"),
    ("timestamp '2024-05-31 23:59'::date", "'2024-05-31'"),
  ])
  func `dates are computed when the query is planned`(sql: String, value: String) throws {
    #expect(try expression(sql) == value)
  }

  @Test func `the session's time zone decides about instants`() throws {
    let zone = "Asia/Tokyo"
    #expect(try bound("date_trunc('day', at)", zone: zone) == "date_trunc('day', at, 'Asia/Tokyo')")
    #expect(try bound("date_trunc('day', ts)", zone: zone) == "date_trunc('day', ts)")
    #expect(try expression("timestamptz '2024-01-01'", zone: zone) == "'2023-12-31 15:00:00+00'")
    #expect(try expression("current_date", zone: "Pacific/Kiritimati") == "'2024-06-01'")
    #expect(try bound("at::date", zone: zone) == "CAST(timezone('Asia/Tokyo', at) AS date)")
    #expect(try bound("at + interval '1 day'", zone: zone) == "(at + interval '1 day')")
  }

  @Test(arguments: [
    ("ms > '5'", "ms > 5"), ("5 < ms", "ms > 5"), ("ms > 2.5", "ms >= 3"), ("ms <= 2.5", "ms <= 2"),
    ("ms < 3.0", "ms < 3"), ("cost > 1", "cost > 1"),
    ("cost > 99999999999999999999", "cost > 1e+20"), ("NOT ms > 5", "ms <= 5"),
    ("NOT (ms > 1 AND ok)", "(ms <= 1) OR (NOT ok)"),
    ("ms BETWEEN 1 AND 2", "(ms >= 1) AND (ms <= 2)"),
    ("ms NOT BETWEEN 1 AND 2", "(ms < 1) OR (ms > 2)"), ("ms IN (7)", "ms = 7"),
    ("ms IN (2, 1, '3')", "ms IN (1, 2, 3)"), ("ms NOT IN (1, 2)", "NOT (ms IN (1, 2))"),
    ("ms = 1 OR ms = 3 OR ms IN (2)", "ms IN (1, 2, 3)"),
    ("ms = ANY (ARRAY[1, 2])", "ms IN (1, 2)"), ("model LIKE 'abc'", "model = 'abc'"),
    ("model LIKE 'a%'", "(model LIKE 'a%')"), ("model NOT LIKE 'abc'", "model <> 'abc'"),
    ("model LIKE 'a_c'", "(model LIKE 'a_c')"),
    ("ts >= '2024-01-01'", "ts >= '2024-01-01 00:00:00'"),
    ("ts >= DATE '2024-01-01'", "ts >= '2024-01-01 00:00:00'"),
    ("day > timestamp '2024-01-01 12:00'", "day > '2024-01-01'"),
    ("day >= timestamp '2024-01-01 12:00'", "day > '2024-01-01'"),
    ("day < timestamp '2024-01-01 12:00'", "day <= '2024-01-01'"),
    ("day >= timestamp '2024-01-01'", "day >= '2024-01-01'"),
    ("ts > now() - interval '1 day'", "ts > '2024-05-30 12:00:00'"),
    ("day >= now()", "day > '2024-05-31'"), ("ok IS TRUE", "coalesce(ok, false)"),
    ("ok IS NOT UNKNOWN", "ok IS NOT NULL"), ("model IS DISTINCT FROM NULL", "model IS NOT NULL"),
  ])
  func `predicates take one form, with the bare column on the left`(sql: String, form: String)
    throws
  {
    #expect(try bound(sql) == form)
  }

  @Test func `clocks that change keep a comparison from moving to the bare column`() throws {
    let zone = "Europe/Berlin"
    #expect(try bound("ts > now()", zone: zone) == "ts > '2024-05-31 14:00:00'")
    #expect(
      try bound("at >= timestamp '2024-01-15 00:00'", zone: zone)
        == "at >= '2024-01-14 23:00:00+00'")
    // Summer time began on 2024-03-31 at 01:00 UTC.
    #expect(
      try bound("ts > timestamptz '2024-03-31 12:00+00'", zone: zone)
        == "timezone('Europe/Berlin', ts) > '2024-03-31 12:00:00+00'")
  }

  @Test(arguments: [
    ("ms + cost", DataType.double), ("ms / 2", .integer), ("ms / 2.0", .double),
    ("ms || 'x'", .text),
    ("ts - ts", .interval), ("day - day", .integer), ("day + 1", .date),
    ("day + interval '1 day'", .timestamp), ("at - interval '1 day'", .timestampWithTimeZone),
    ("ts - day", .interval), ("interval '1 day' / 2", .interval), ("'1 day' + ts", .timestamp),
    ("coalesce(ms, 0.5)", .double), ("greatest(day, ts)", .timestamp),
    ("CASE WHEN ok THEN ms END", .integer), ("CASE WHEN ok THEN 'a' END", .text), ("NULL", .text),
    ("'a'", .text), ("abs(ms)", .integer), ("abs(cost)", .double), ("round(ms)", .double),
    ("mod(ms, 2)", .integer), ("date_trunc('day', day)", .timestamp), ("length(model)", .integer),
    ("concat(ms, ts, NULL)", .text), ("ARRAY[ms, 0.5]", .array(.double)),
    ("(ARRAY[ms])[1]", .integer),
    ("ms::numeric(10, 2)", .double), ("doc", .json), ("model::json", .json), ("ms & 3", .integer),
    ("ms ^ 2", .double), ("'2024-01-01' < day", .boolean), ("extract(epoch FROM at)", .double),
    ("to_timestamp(ms)", .timestampWithTimeZone), ("ts AT TIME ZONE 'UTC'", .timestampWithTimeZone),
  ])
  func `operators and functions have PostgreSQL's types`(sql: String, type: DataType) throws {
    #expect(try query("SELECT \(sql) FROM events").plan.types == [type])
  }
}
