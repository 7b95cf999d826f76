import QueryPlanning
import Testing

/// Code, the words pointed at, message and hint.
@Suite struct ErrorTests {
  @Test(arguments: [
    (
      "SELECT contry FROM users",
      "undefinedColumn [contry] unknown column 'contry' in table 'users' | did you mean 'country'?"
    ),
    (
      "SELECT u.contry FROM users u",
      "undefinedColumn [u.contry] unknown column 'contry' in table 'u' | did you mean 'country'?"
    ),
    ("SELECT x.country FROM users u", "undefinedTable [x.country] unknown table 'x' in FROM"),
    ("SELECT a", "undefinedColumn [a] unknown column 'a', there is no FROM"),
    ("SELECT * FROM usrs", "undefinedTable [usrs] unknown table 'usrs' | did you mean 'users'?"),
    (
      "SELECT lenght(country) FROM users",
      "undefinedFunction [lenght] function lenght(text) does not exist | did you mean 'length'?"
    ),
    (
      "SELECT country FROM users WHERE user_id = \"a\"",
      "undefinedColumn [\"a\"] unknown column 'a' in table 'users' | text stands in single quotes: 'a'"
    ),
    (
      "SELECT country FROM users WHERE user_id = \"u's\"",
      "undefinedColumn [\"u's\"] unknown column 'u's' in table 'users' | text stands in single quotes: 'u''s'"
    ),
    (
      "SELECT 1 FROM users WHERE country = \"contry\"",
      "undefinedColumn [\"contry\"] unknown column 'contry' in table 'users' | did you mean 'country'? text stands in single quotes: 'contry'"
    ),
    (
      "SELECT ifnull(country, 'a') FROM users",
      "undefinedFunction [ifnull] function ifnull(text, unknown) does not exist | here that is coalesce(a, b)"
    ),
    (
      "SELECT substring(country) FROM users",
      "undefinedFunction [substring] function substring(text) does not exist | there is substring(text, bigint), substring(text, bigint, bigint)"
    ),
    (
      "SELECT user_id FROM users, events",
      "ambiguousColumn [user_id] column reference 'user_id' is ambiguous | say which: users.user_id, events.user_id"
    ),
    (
      "SELECT 1 FROM events e JOIN users e ON true",
      "duplicateAlias [users] table name 'e' specified more than once | give one of them an alias: e AS other"
    ),
    (
      "SELECT 1::intger",
      "undefinedObject [intger] type 'intger' does not exist | did you mean 'integer'?"
    ),
  ])
  func `an unknown name suggests the nearest one, or what stands for it here`(
    sql: String, error: String
  ) {
    #expect(failure(sql) == error)
  }

  @Test func `what is said to stand for a function of another system can be run`() throws {
    for (name, replacement) in ForeignFunction.replacements {
      #expect(failure("SELECT \(name)(1)").hasSuffix("| here that is \(replacement)"))
      #expect(throws: Never.self, "\(name)") {
        try query(
          """
          SELECT \(replacement) FROM (SELECT 1 AS a, 2 AS b, true AS c, 'x' AS s, now() AS t, now() AS u) AS x
          """)
      }
    }
  }

  @Test(arguments: [
    (
      "SELECT model = 1 FROM events",
      "undefinedFunction [=] operator does not exist: text = bigint | cast the right side: CAST(... AS text)"
    ),
    (
      "SELECT model + 1 FROM events",
      "undefinedFunction [+] operator does not exist: text + bigint | cast the right side: CAST(... AS text)"
    ),
    (
      "SELECT doc = doc FROM events",
      "undefinedFunction [=] operator does not exist: json = json | compare it as text: CAST(... AS text)"
    ),
    (
      "SELECT '5' + '6'",
      "undefinedFunction [+] operator is not unique: unknown + unknown | cast the operands, such as CAST(... AS bigint)"
    ),
    (
      "SELECT CASE WHEN ok THEN 1 ELSE model END FROM events",
      "typeMismatch [model] CASE types bigint and text cannot be matched"
    ),
    (
      "SELECT 1 FROM events WHERE ms",
      "typeMismatch [ms] argument of WHERE must be type boolean, not type bigint"
    ),
    (
      "SELECT abs(model) FROM events",
      "undefinedFunction [abs] function abs(text) does not exist | there is abs(number)"
    ),
    ("SELECT ok::date FROM events", "typeMismatch [ok] cannot cast type boolean to date"),
    (
      "SELECT ms[1] FROM events",
      "typeMismatch [ms] cannot subscript type bigint, it is not an array"
    ),
  ])
  func `types that do not go together are refused`(sql: String, error: String) {
    #expect(failure(sql) == error)
  }

  @Test(arguments: [
    (
      "SELECT ms > 'abc' FROM events",
      "invalidText ['abc'] invalid input syntax for type bigint: 'abc'"
    ),
    (
      "SELECT ts > 'soon' FROM events",
      "invalidDatetime ['soon'] invalid input syntax for type timestamp: 'soon' | write a timestamp such as 2024-01-31 12:34:56"
    ),
    (
      "SELECT day = '2024-02-30' FROM events",
      "datetimeOverflow ['2024-02-30'] date out of range: '2024-02-30' | write a date such as 2024-01-31"
    ),
    (
      "SELECT 99999999999999999999",
      "numericOutOfRange [99999999999999999999] value is out of range for type bigint | write it as a double precision number, with a decimal point"
    ),
    (
      "SELECT ms = 99999999999999999999 FROM events",
      "numericOutOfRange [99999999999999999999] value is out of range for type bigint | write it as a double precision number, with a decimal point"
    ),
    (
      "SELECT 1e999",
      "numericOutOfRange [1e999] number 1e999 is out of range for type double precision"
    ),
    (
      "SELECT '{1'::int[]",
      "invalidText ['{1'] malformed array literal: '{1' | write the elements in braces: '{a,b}'"
    ),
    (
      "SELECT date_trunc('dya', ts) FROM events",
      "invalidParameter ['dya'] unit 'dya' is not known to date_trunc | units: microsecond, millisecond, second, minute, hour, day, week, month, quarter, year, decade, century, millennium"
    ),
    (
      "SELECT ts AT TIME ZONE 'Europe/Berln' FROM events",
      "invalidParameter ['Europe/Berln'] time zone 'Europe/Berln' is not known | did you mean 'Europe/Berlin'?"
    ),
    (
      "SELECT approx_quantile(ms, 95) FROM events",
      "invalidParameter [95] a quantile must lie between 0 and 1 | the 95th percentile is 0.95"
    ),
    (
      "SELECT approx_count_distinct(ms, 3) FROM events",
      "invalidParameter [3] the precision must be a constant between 4 and 18"
    ),
    ("SELECT ms FROM events LIMIT -1", "invalidParameter [-] LIMIT must not be negative"),
  ])
  func `a value that is none is refused when the query is planned`(sql: String, error: String) {
    #expect(failure(sql) == error)
  }

  @Test(arguments: [
    (
      "SELECT model, ms FROM events GROUP BY model",
      "groupingError [ms] column 'ms' must appear in the GROUP BY clause or be used in an aggregate function"
    ),
    (
      "SELECT * FROM orgs GROUP BY id",
      "groupingError [*] column 'name' must appear in the GROUP BY clause or be used in an aggregate function"
    ),
    (
      "SELECT ms FROM events GROUP BY ms HAVING cost > 1",
      "groupingError [cost] column 'cost' must appear in the GROUP BY clause or be used in an aggregate function"
    ),
    (
      "SELECT count(*) FROM events ORDER BY ms",
      "groupingError [ms] column 'ms' must appear in the GROUP BY clause or be used in an aggregate function"
    ),
    (
      "SELECT sum(count(*)) FROM events",
      "groupingError [count] aggregate function calls cannot be nested | aggregate a sub-query in FROM"
    ),
    (
      "SELECT 1 FROM events WHERE count(*) > 1",
      "groupingError [count] aggregate functions are not allowed in WHERE | conditions on groups belong in HAVING"
    ),
    (
      "SELECT 1 FROM events GROUP BY count(*)",
      "groupingError [count] aggregate functions are not allowed in GROUP BY"
    ),
    (
      "SELECT count(*) FROM events GROUP BY 1",
      "groupingError [1] aggregate functions are not allowed in GROUP BY"
    ),
    (
      "SELECT 1 ORDER BY 2",
      "invalidColumnReference [2] ORDER BY position 2 is not in select list | positions go from 1 to 1"
    ),
    (
      "SELECT DISTINCT model FROM events ORDER BY ts",
      "invalidColumnReference [ts] for SELECT DISTINCT, ORDER BY expressions must appear in select list"
    ),
    (
      "SELECT doc FROM events ORDER BY doc",
      "undefinedFunction [doc] ORDER BY needs values that can be compared, not json | use it as text: CAST(... AS text)"
    ),
    (
      "SELECT lower(DISTINCT model) FROM events",
      "typeMismatch [lower] DISTINCT specified, but lower is not an aggregate function"
    ),
  ])
  func `grouping rules are PostgreSQL's`(sql: String, error: String) {
    #expect(failure(sql) == error)
  }

  @Test(arguments: [
    ("SELECT 1 LIMIT (SELECT 1)", "("),
    ("SELECT (SELECT max(id) FROM orgs o WHERE o.id < org_id) FROM users", "("),
    ("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a", "a"),
  ])
  func `what is not there yet is named`(sql: String, place: String) {
    #expect(failure(sql).hasPrefix("featureNotSupported [\(place)] "))
  }

  @Test func `deep and wide queries are planned without harm`() throws {
    let deep = (0..<240).map { _ in "abs(" }.joined() + "ms" + String(repeating: ")", count: 240)
    #expect(throws: Never.self) { _ = try query("SELECT \(deep) FROM events GROUP BY \(deep)") }
    let wide = (0..<5_000).map(String.init).joined(separator: ", ")
    #expect(throws: Never.self) { _ = try query("SELECT 1 FROM events WHERE ms IN (\(wide))") }
    // Each WITH query uses the one before it twice.
    let doubling = (1..<30).map {
      "t\($0) AS (SELECT a.x FROM t\($0 - 1) a, t\($0 - 1) b)"
    }.joined(separator: ", ")
    #expect(
      failure("WITH t0 AS (SELECT 1 AS x), \(doubling) SELECT * FROM t29").hasPrefix("tooComplex"))
  }
}
