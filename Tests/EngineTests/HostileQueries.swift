/// Queries that ask for too much in one way or another.
enum HostileQueries {
  /// `big` has so many rows, of few values per column.
  static let rowCount = 200_000

  static let setUp = [
    """
    CREATE TABLE big (n bigint, k text, x double precision, ts timestamp)
    """,
    """
    INSERT INTO big SELECT n, 'k' || (n % 1000), n / 7.0, timestamp '2026-01-01' + n * interval '1 s'
    FROM generate_series(1, \(rowCount)) AS t(n)
    """,
  ]

  private static func times(_ count: Int, _ text: String) -> String {
    String(repeating: text, count: count)
  }

  private static func list(
    _ end: Int, from start: Int = 0, by separator: String, _ item: (Int) -> String
  ) -> String {
    (start..<end).map(item).joined(separator: separator)
  }

  private static func numbers(_ count: Int) -> String { list(count, by: ",") { String($0) } }

  static var all: [String] {
    groups + sets + joins + sorts + windows + texts + patterns + wide + deep + extremes + endless
  }

  static let groups: [String] = [
    "SELECT n, count(*) FROM generate_series(1, 10000000) AS t(n) GROUP BY n",
    "SELECT n % 3000000 AS g, sum(n), avg(n) FROM generate_series(1, 10000000) AS t(n) GROUP BY 1",
    "SELECT 'key' || n AS g, count(*) FROM generate_series(1, 10000000) AS t(n) GROUP BY 1",
    "SELECT count(*) FROM (SELECT 'key' || n AS g, k, count(*) FROM big CROSS JOIN (VALUES (1), (2)) AS v(i) GROUP BY 1, 2) AS q",
    "SELECT count(DISTINCT n) FROM generate_series(1, 20000000) AS t(n)",
    "SELECT count(DISTINCT n::text) FROM generate_series(1, 20000000) AS t(n)",
    "SELECT n % 10 AS g, count(DISTINCT n) FROM generate_series(1, 20000000) AS t(n) GROUP BY 1",
    "SELECT n % 100000 AS g, approx_count_distinct(n) FROM generate_series(1, 10000000) AS t(n) GROUP BY 1",
    "SELECT n % 500000 AS g, approx_quantile(n, 0.5) FROM generate_series(1, 10000000) AS t(n) GROUP BY 1",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM generate_series(1, 50000000) AS t(n)",
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n::text) FROM generate_series(1, 50000000) AS t(n)",
    "SELECT mode() WITHIN GROUP (ORDER BY n) FROM generate_series(1, 50000000) AS t(n)",
    "SELECT string_agg(n::text, ',') FROM generate_series(1, 50000000) AS t(n)",
    "SELECT string_agg(repeat('x', 1000), ',') FROM generate_series(1, 1000000) AS t(n)",
    "SELECT string_agg(DISTINCT n::text, ',' ORDER BY n::text) FROM generate_series(1, 50000000) AS t(n)",
    "SELECT n % 2, string_agg(k, '' ORDER BY x DESC, n) FROM big GROUP BY 1",
    "SELECT sum(DISTINCT n) FROM generate_series(1, 50000000) AS t(n)",
    "SELECT max(repeat(k, 1000)) FROM big GROUP BY n",
    "SELECT any_value(repeat(k, 1000)) FROM big GROUP BY n",
    "SELECT arg_max(repeat(k, 1000), n) FROM big GROUP BY n",
    "SELECT hll(n) FROM big GROUP BY n",
    "SELECT tdigest(x) FROM big GROUP BY n",
    "SELECT n % 300, trailing_distinct(n, n % 2 * 99999, 1) FROM big GROUP BY 1",
    "SELECT n, trailing_distinct(n, 1, 3660) FROM big GROUP BY 1",
  ]

  static let sets: [String] = [
    "SELECT DISTINCT n FROM generate_series(1, 20000000) AS t(n)",
    "SELECT DISTINCT a.n, b.n FROM big AS a CROSS JOIN big AS b",
    "SELECT n FROM generate_series(1, 20000000) AS t(n) UNION SELECT n FROM generate_series(1, 20000000) AS t(n)",
    "SELECT n FROM generate_series(1, 20000000) AS t(n) INTERSECT SELECT n FROM generate_series(1, 20000000) AS t(n)",
    "SELECT n FROM generate_series(1, 20000000) AS t(n) EXCEPT ALL SELECT n FROM generate_series(1, 20000000) AS t(n)",
    "SELECT n FROM big UNION ALL " + times(200, "SELECT n FROM big UNION ALL ")
      + "SELECT n FROM big",
    times(9_999, "SELECT 1 UNION ALL ") + "SELECT 1",
    times(240, "SELECT 1 UNION ") + "SELECT 1",
    "WITH a AS (SELECT n FROM generate_series(1, 20000000) AS t(n)) SELECT count(*) FROM a AS x JOIN a AS y ON x.n = y.n",
  ]

  static let joins: [String] = [
    "SELECT count(*) FROM big AS a CROSS JOIN big AS b",
    "SELECT count(*) FROM big AS a JOIN big AS b ON a.n < b.n",
    "SELECT count(*) FROM big AS a JOIN big AS b ON a.n % 2 = b.n % 2",
    "SELECT count(*) FROM big AS a JOIN big AS b ON a.k = b.k JOIN big AS c ON b.k = c.k",
    "SELECT count(*) FROM big AS a LEFT JOIN big AS b ON a.n % 2 = b.n % 2 AND a.n + b.n < 0",
    "SELECT count(*) FROM big AS a FULL JOIN big AS b ON a.n % 2 = b.n % 2 AND a.n + b.n < 0",
    "SELECT * FROM big AS a FULL JOIN big AS b ON a.n = -b.n",
    "SELECT * FROM big AS a JOIN big AS b ON a.k = b.k",
    "SELECT count(*) FROM generate_series(1, 100000000) AS a(n) JOIN generate_series(1, 100000000) AS b(n) ON a.n = b.n",
    "SELECT count(*) FROM big AS a WHERE EXISTS (SELECT 1 FROM big AS b WHERE b.n > a.n AND b.k = a.k AND b.x < a.x)",
    "SELECT count(*) FROM big AS a WHERE n NOT IN (SELECT -n FROM generate_series(1, 10000000) AS t(n))",
    "SELECT (SELECT n FROM generate_series(1, 100000000) AS t(n))",
    "SELECT count(*) FROM "
      + list(240, by: ", ") { "(VALUES (1), (2)) AS t\($0)" },
    "SELECT count(*) FROM " + list(20, by: ", ") { "big AS t\($0)" },
  ]

  static let sorts: [String] = [
    "SELECT n FROM generate_series(1, 100000000) AS t(n) ORDER BY -n",
    "SELECT n FROM generate_series(1, 3000000) AS t(n) ORDER BY n % 1000, -n",
    "SELECT n::text FROM generate_series(1, 2000000) AS t(n) ORDER BY 1",
    "SELECT n FROM generate_series(1, 100000000) AS t(n) ORDER BY -n LIMIT 10 OFFSET 99999990",
    "SELECT n FROM generate_series(1, 100000000) AS t(n) ORDER BY -n LIMIT 5",
    "SELECT n FROM big ORDER BY repeat(k, 500) LIMIT 5",
    "SELECT n FROM generate_series(1, 100000000) AS t(n)",
    "SELECT n FROM generate_series(1, 100000000) AS t(n) OFFSET 99999999",
  ]

  static let windows: [String] = [
    "SELECT sum(x) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM big",
    "SELECT string_agg(k, ',') OVER (ORDER BY n) FROM big",
    "SELECT count(DISTINCT n) OVER (ORDER BY n) FROM big",
    "SELECT string_agg(k, ',') OVER (ORDER BY n ROWS BETWEEN 50000 PRECEDING AND CURRENT ROW) FROM big",
    "SELECT approx_count_distinct(n) OVER (ORDER BY n ROWS BETWEEN 50000 PRECEDING AND CURRENT ROW) FROM big",
    "SELECT max(x) OVER (ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM big",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM big",
    "SELECT lag(n, 1) OVER (ORDER BY n), lead(n, 9223372036854775807) OVER (ORDER BY n), ntile(9223372036854775807) OVER (ORDER BY n) FROM big",
    "SELECT sum(n) OVER (ORDER BY n ROWS BETWEEN 9223372036854775807 PRECEDING AND 9223372036854775807 FOLLOWING) FROM big",
    "SELECT sum(n) OVER (ORDER BY n RANGE BETWEEN 9223372036854775807 PRECEDING AND 9223372036854775807 FOLLOWING) FROM big",
    "SELECT sum(n) OVER (ORDER BY n GROUPS BETWEEN 9223372036854775807 PRECEDING AND 9223372036854775807 FOLLOWING) FROM big",
    "SELECT sum(n) OVER (ORDER BY ts RANGE BETWEEN interval '178000000 years' PRECEDING AND interval '178000000 years' FOLLOWING) FROM big",
    "SELECT row_number() OVER (ORDER BY n) FROM generate_series(1, 100000000) AS t(n)",
    "SELECT nth_value(n, 9223372036854775807) OVER (ORDER BY n) FROM big",
  ]

  static let texts: [String] = [
    "SELECT repeat('x', 1000000000)",
    "SELECT length(repeat('x', 9223372036854775807))",
    "SELECT repeat(repeat(repeat('x', 10000), 10000), 10000)",
    "SELECT lpad('x', 2000000000, 'y'), rpad('x', 9223372036854775807)",
    "SELECT repeat('x', 1000000) FROM big",
    "SELECT length(repeat(k, 10000)) FROM big",
    "SELECT upper(repeat('ä', 5000000)), md5(repeat('x', 16000000))",
    "SELECT replace(repeat('x', 10000000), 'x', repeat('y', 1000))",
    "SELECT translate(repeat('x', 10000000), 'x', 'y')",
    "SELECT replace(k, '', 'x'), position('' IN k), substring(k FROM -9223372036854775807 FOR 9223372036854775807) FROM big",
    "SELECT left(k, -9223372036854775808), right(k, -9223372036854775808), left(k, 9223372036854775807) FROM big",
    "SELECT split_part(repeat('a,', 1000000), ',', -1), split_part(k, ',', 9223372036854775807) FROM big",
    "SELECT " + Array(repeating: "repeat('x', 16000000)", count: 20).joined(separator: " || "),
    "SELECT reverse(repeat('x', 16000000)), initcap(repeat('x ', 8000000))",
  ]

  static let patterns: [String] = [
    "SELECT repeat('a', 30) || '!' ~ '^(a+)+$'",
    "SELECT repeat('a', 100000) ~ '(a*)*b'",
    "SELECT repeat('a', 1000000) ~ '(a|aa)+$'",
    "SELECT repeat('a', 100000) ~ '(x+x+)+y'",
    "SELECT repeat('a', 10000) ~ 'a*a*a*a*a*a*a*a*a*a*b'",
    "SELECT count(*) FROM big WHERE repeat(k, 50) ~ '(k.*)*z'",
    "SELECT regexp_replace(repeat('a', 100000), '(a?)*', 'b', 'g')",
    "SELECT repeat('a', 100) ~ '((a{0,30}){0,30}){0,30}'",
    "SELECT 'x' ~ '(((((a{1,255}){1,255}){1,255}){1,255}){1,255})'",
    "SELECT 'a' ~ '" + times(5_000, "(") + times(5_000, ")")
      + "'",
    "SELECT repeat('a', 1000000) LIKE '%a%a%a%a%a%a%a%b'",
    "SELECT repeat('ab', 1000000) LIKE '" + times(1_000, "%a_") + "c'",
    "SELECT regexp_replace(repeat(k, 20), '[0-9]+', repeat('y', 100000), 'g') FROM big",
  ]

  static let wide: [String] = [
    "SELECT " + list(5_000, by: ", ") { "n + \($0)" } + " FROM big",
    "SELECT " + list(1_600, by: ", ") { "sum(n + \($0))" } + " FROM big",
    "SELECT n FROM big WHERE n IN (" + numbers(90_000) + ")",
    "SELECT n FROM big WHERE n IN (" + numbers(100_001) + ")",
    "SELECT n FROM big WHERE k IN (" + list(50_000, by: ",") { "'k\($0)'" } + ")",
    "SELECT count(*) FROM (VALUES " + list(50_000, by: ",") { "(\($0), 'x')" }
      + ") AS v",
    "SELECT n FROM big WHERE " + list(20_000, by: " OR ") { "n = \($0)" },
    "SELECT n FROM big WHERE " + list(20_000, by: " AND ") { "n <> \($0)" },
    "SELECT CASE " + list(10_000, by: " ") { "WHEN n = \($0) THEN \($0)" }
      + " END FROM big",
    "SELECT coalesce(" + list(10_000, by: ", ") { "nullif(n, \($0))" }
      + ") FROM big",
    "SELECT greatest(" + list(10_000, by: ", ") { "n + \($0)" } + ") FROM big",
    "SELECT concat(" + list(10_000, by: ", ") { "k || \($0)" } + ") FROM big",
    "SELECT 1 FROM big GROUP BY " + list(2_000, by: ", ") { "n + \($0)" },
    "SELECT 1 FROM big ORDER BY " + list(2_000, by: ", ") { "n + \($0)" },
    "SELECT " + list(500, by: ", ") { "sum(n) OVER (ORDER BY n + \($0))" }
      + " FROM big",
    "SELECT '" + times(1_000_000, "x") + "'",
    "SELECT " + times(400_000, "1,") + "1",
    "SELECT " + times(200, "x") + " FROM big",
    "SELECT ARRAY[" + numbers(50_000) + "] FROM big",
    "CREATE TABLE wide (" + list(20_000, by: ",") { "c\($0) bigint" } + ")",
  ]

  static let deep: [String] = [
    "SELECT " + times(240, "(") + "1" + times(240, ")"),
    "SELECT " + times(100_000, "(") + "1",
    "SELECT " + times(100_000, "NOT ") + "true",
    "SELECT " + times(200_000, "- ") + "1",
    "SELECT 1" + times(200, " + 1"),
    "SELECT 1" + times(200_000, " + 1"),
    "SELECT " + times(200, "(SELECT ") + "1"
      + times(200, ")"),
    times(120, "SELECT * FROM (") + "SELECT 1"
      + times(120, ") AS q"),
    "SELECT " + times(200, "CASE WHEN n = 1 THEN ") + "1"
      + times(200, " END") + " FROM big",
    "SELECT " + times(200, "abs(") + "n" + times(200, ")")
      + " FROM big",
    "SELECT " + times(200, "coalesce(NULL, ") + "n"
      + times(200, ")") + " FROM big",
    "WITH t0 AS (SELECT n FROM big)"
      + list(200, from: 1, by: "") { ", t\($0) AS (SELECT n + 1 AS n FROM t\($0 - 1))" }
      + " SELECT sum(n) FROM t199",
    "WITH t0 AS (SELECT n FROM big)"
      + list(60, from: 1, by: "") {
        ", t\($0) AS (SELECT a.n FROM t\($0 - 1) AS a JOIN t\($0 - 1) AS b ON a.n = b.n)"
      } + " SELECT sum(n) FROM t59",
    "SELECT n FROM big WHERE " + times(60, "n IN (SELECT n FROM big WHERE ")
      + "true"
      + times(60, ")"),
    "EXPLAIN SELECT " + times(60, "(SELECT count(*) FROM big WHERE n > ") + "1"
      + times(60, ")"),
  ]

  static let extremes: [String] = [
    "SELECT n FROM big LIMIT 9223372036854775807 OFFSET 9223372036854775807",
    "SELECT n FROM big LIMIT -1", "SELECT n FROM big OFFSET -9223372036854775808",
    "SELECT n FROM big ORDER BY n LIMIT 9223372036854775807",
    "SELECT n FROM big ORDER BY n LIMIT 9223372036854775807 OFFSET 1",
    "SELECT n FROM big ORDER BY n LIMIT 99999999999999999999999",
    "SELECT 9223372036854775807 + 1", "SELECT -9223372036854775808 / -1",
    "SELECT -9223372036854775808 % -1", "SELECT abs(-9223372036854775808)",
    "SELECT - (-9223372036854775808)", "SELECT 9223372036854775807 * n FROM big",
    "SELECT 1 << 9223372036854775807, 1 >> -1, 1 << 64, -1 >> 63",
    "SELECT 'NaN'::double precision::bigint", "SELECT 'inf'::double precision::bigint",
    "SELECT 1e308 * 10, 1e400, -1e400", "SELECT 1e19::bigint", "SELECT 'NaN'::double precision % 0",
    "SELECT x::bigint FROM (VALUES ('NaN'::double precision), ('-inf'), (9.3e18)) AS v(x)",
    "SELECT power(1e300, 1e300), exp(1e10), ln(0), sqrt(-1), log(0, 0), power(0, -1), power(-1, 0.5)",
    "SELECT round(1e300, 2147483647), round(1.5, -9223372036854775808), trunc(2.5, 9223372036854775807)",
    "SELECT timestamp '294276-12-31' + interval '178956970 years'",
    "SELECT timestamp '2026-01-01' + 9223372036854775807 * interval '1 second'",
    "SELECT interval '9223372036854775807 years'", "SELECT interval '1 day' * 1e308",
    "SELECT interval '1 day' * 'NaN'::double precision", "SELECT -(interval '-2147483648 months')",
    "SELECT date '5874897-12-31' + 2147483647", "SELECT date '2026-01-01' + 9223372036854775807",
    "SELECT date '2026-01-01' - 9223372036854775807, date '5000000-01-01' - date '0001-01-01'",
    "SELECT make_date(9223372036854775807, 13, 99)", "SELECT make_date(-9223372036854775808, 1, 1)",
    "SELECT to_timestamp(1e308), to_timestamp('NaN'::double precision)",
    "SELECT date_trunc('millennium', timestamp '294276-12-31'), date_trunc('century', timestamp '0001-01-01')",
    "SELECT extract(epoch FROM interval '178956970 years'), extract(julian FROM timestamp '294276-12-31')",
    "SELECT count(*) FROM generate_series(-9223372036854775808, 9223372036854775807, 9223372036854775807)",
    "SELECT count(*) FROM generate_series(9223372036854775806, 9223372036854775807)",
    "SELECT count(*) FROM generate_series(-9223372036854775807, -9223372036854775808, -1)",
    "SELECT count(*) FROM generate_series(1, 10, 0)",
    "SELECT count(*) FROM generate_series(timestamp '0001-01-01', timestamp '294276-12-31', interval '178956970 years')",
    "SELECT count(*) FROM generate_series(date '2026-01-01', date '2026-01-31', interval '0 days')",
    "SELECT chr(9223372036854775807), chr(-1), chr(55296)", "SELECT chr(0)",
    "SELECT to_hex(-9223372036854775808), ascii('')",
    "SELECT trailing_distinct(n, 9223372036854775807, 3660) FROM big",
    "SELECT trailing_distinct(n, -9223372036854775807 + n % 2, ARRAY[1, 3660]) FROM big",
    "SELECT trailing_distinct(n, 0, 7) OVER (ORDER BY n) FROM big",
    "SELECT sum(9223372036854775807) FROM big", "SELECT avg(9223372036854775807) FROM big",
    "SELECT sum(n * 46116860184) FROM big",
    "SELECT stddev(1e200 * n), variance(1e300 * n) FROM big",
    "SELECT approx_quantile(x, 2), approx_quantile(x, 'NaN'::double precision) FROM big",
    "SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY x) FROM big",
    "SELECT (ARRAY[1, 2, 3])[9223372036854775807], (ARRAY[1])[-9223372036854775808]",
    "SELECT 99999999999999999999999999999999999999999",
    "SELECT 0.0000000000000000000000000000000000000000000001e-9999",
    "SELECT '99999999999999999999'::bigint", "SELECT '1e999999999'::double precision",
  ]

  static let endless: [String] = [
    "SELECT count(*) FROM generate_series(1, 9223372036854775807)",
    "SELECT sum(n % 7) FROM generate_series(1, 9223372036854775807) AS t(n) WHERE n % 3 = 1",
    "SELECT count(*) FROM generate_series(timestamp '0001-01-01', timestamp '294276-12-31', interval '1 millisecond')",
    "SELECT count(*) FROM generate_series(timestamp '0001-01-01', timestamp '294276-12-31', interval '1 day') AS a(t), generate_series(1, 1000000000) AS b(n)",
    "SELECT count(*) FROM generate_series(date '0001-01-01', date '294276-12-31', interval '1 month 1 day') AS a(t), generate_series(1, 1000000000) AS b(n)",
    "SELECT n FROM generate_series(1, 9223372036854775807) AS t(n) WHERE n < 0 LIMIT 1",
    "SELECT max(md5(n::text)) FROM generate_series(1, 9223372036854775807) AS t(n)",
    "SELECT count(*) FROM generate_series(1, 9223372036854775807) AS t(n) WHERE n::text ~ '^(1|2)*3$'",
    "INSERT INTO big SELECT n, 'x', 1, NULL FROM generate_series(1, 100000000) AS t(n)",
    "EXPLAIN ANALYZE SELECT count(*) FROM big AS a CROSS JOIN big AS b",
  ]
}
