import AccessControl
import ColumnStore
import Engine
import QueryLanguage
import QueryPlanning
import Testing

/// Somebody sees the rows of his organisations, or his own, whatever he asks: with other rows of
/// others in the tables all outcomes are the same.
@Suite struct RowScopeTests {
  private static let byHand: [String] = [
    "SELECT * FROM users ORDER BY id", "SELECT count(*), sum(n), min(n), max(n), avg(n) FROM users",
    "SELECT * FROM visits ORDER BY id", "SELECT count(*) FROM visits", "SELECT max(id) FROM visits",
    "SELECT country, count(*) FROM visits GROUP BY country ORDER BY country",
    "SELECT DISTINCT organization_id FROM users",
    "SELECT country, count(*) FROM users GROUP BY country",
    "SELECT DISTINCT country FROM visits",
    "SELECT organization_id, count(*) FROM visits GROUP BY 1",
    "SELECT id FROM users WHERE organization_id = 'bolt'",
    "SELECT id FROM users WHERE organization_id IS NULL",
    "SELECT id FROM users WHERE organization_id <> 'acme' OR true ORDER BY id",
    "SELECT id FROM users WHERE NOT (organization_id = 'acme')",
    "SELECT 1 / (n - 9000000000000000000) FROM users",
    "SELECT id FROM users WHERE 1 / (n - 9000000000000006006) > -1 ORDER BY id",
    "SELECT sum(n + 9000000000000000000) FROM users", "SELECT n * 2 FROM users ORDER BY id",
    "SELECT n * 2 FROM visits ORDER BY n", "SELECT id FROM visits WHERE n * 2 > 3 ORDER BY id",
    "SELECT sum(n * 2) FROM visits",
    "SELECT count(*) FROM visits WHERE CAST(substr(country, 2) AS text) <> 'q'",
    "SELECT CAST(country AS bigint) FROM users WHERE country LIKE 'x%'",
    "SELECT CAST(replace(country, 'x', '') AS bigint) FROM visits WHERE n > 100",
    "SELECT id FROM users LIMIT 3", "SELECT id FROM users ORDER BY n DESC LIMIT 2",
    "SELECT id FROM visits ORDER BY n DESC, id LIMIT 2",
    "SELECT row_number() OVER (ORDER BY n DESC), id FROM users ORDER BY id",
    "SELECT id, count(*) OVER () FROM visits ORDER BY id",
    "SELECT a.id, b.id FROM users a, visits b WHERE a.n < b.n ORDER BY 1, 2",
    "SELECT a.id FROM users a FULL JOIN visits b ON a.id = b.id AND a.n > 2 ORDER BY 1",
    "SELECT a.id FROM users a LEFT JOIN visits b USING (country) ORDER BY 1",
    "SELECT count(*) FROM users NATURAL JOIN visits",
    "SELECT id FROM users WHERE id IN (SELECT id FROM visits WHERE n > 100)",
    "SELECT id FROM users u WHERE NOT EXISTS (SELECT 1 FROM visits v WHERE v.n > u.n) ORDER BY id",
    "SELECT (SELECT max(n) FROM visits), (SELECT count(*) FROM users)",
    "SELECT n > ALL (SELECT n FROM visits) FROM users ORDER BY id",
    "SELECT 9000000000000006006 IN (SELECT n FROM users)",
    "WITH t AS (SELECT * FROM users) SELECT count(*) FROM t, t AS s WHERE t.n = s.n",
    "SELECT * FROM people ORDER BY id", "SELECT count(*), max(who) FROM mails",
    "SELECT id FROM users UNION SELECT id FROM visits ORDER BY 1",
    "SELECT id FROM users EXCEPT SELECT 'u1' ORDER BY 1",
    "SELECT country FROM users INTERSECT ALL SELECT country FROM visits ORDER BY 1",
    "SELECT approx_count_distinct(id), approx_quantile(n, 0.5), hll_cardinality(hll(country)) FROM visits",
    "SELECT mode(country), string_agg(id, ',' ORDER BY id), array_agg(n ORDER BY n) FROM visits",
    "SELECT count(DISTINCT email), count(email), count(DISTINCT score) FROM users",
    "SELECT count(DISTINCT pseudonym(email)) FROM users",
    "SELECT pseudonym(email) FROM users ORDER BY id",
    "EXPLAIN SELECT * FROM users",
    "EXPLAIN SELECT count(*) FROM visits WHERE n > 5 AND ts > '2024-01-02'",
    "EXPLAIN ANALYZE SELECT * FROM visits",
    "EXPLAIN SELECT a.id FROM users a JOIN visits b ON a.id = b.id JOIN people c ON c.id = b.id",
    "COPY users TO STDOUT", "COPY (SELECT id FROM visits ORDER BY id) TO STDOUT",
    "PREPARE p AS SELECT count(*) FROM users WHERE n > $1; EXECUTE p (0); DEALLOCATE p",
    "DESCRIBE users", "DESCRIBE visits", "DESCRIBE people", "SHOW TABLES",
    "SELECT * FROM system.tables", "SELECT * FROM system.segments",
    "SELECT * FROM system.partitions", "SELECT * FROM system.columns",
    "SELECT * FROM system.metrics", "SELECT * FROM system.queries", "SELECT * FROM system.views",
    "SELECT * FROM information_schema.tables ORDER BY table_name",
    "SELECT count(*) FROM system.functions", "SELECT * FROM system.settings ORDER BY name",
    "SELECT * FROM contacts", "SELECT count(*) FROM contacts", "SELECT id FROM users, contacts",
    "SELECT id FROM users WHERE country IN (SELECT email FROM contacts)",
    "DELETE FROM users", "UPDATE users SET n = 1", "INSERT INTO users (id) VALUES ('u7')",
    "INSERT INTO users (id) VALUES ('u7') ON CONFLICT DO NOTHING", "TRUNCATE users",
    "DROP TABLE users", "CREATE TABLE t (a bigint)", "CREATE TABLE t AS SELECT * FROM users",
    "ALTER TABLE users DROP COLUMN n", "ALTER TABLE users RENAME TO us",
    "CREATE VIEW v AS SELECT 1", "DROP VIEW people", "CREATE DOMAIN d AS text", "CHECKPOINT",
    "SECURITY LABEL ON COLUMN users.email IS NULL", "COPY users FROM '/etc/passwd'",
    "COPY users TO '/tmp/x.csv'",
    "PREPARE p AS INSERT INTO users (id) VALUES ('x')", "EXPLAIN DELETE FROM users",
    "EXPLAIN INSERT INTO users (id) VALUES ('x')",
    "SET timezone = 'Europe/Berlin'; SELECT count(*) FROM users; SHOW timezone",
    "SET partial_cache = off; SELECT count(*) FROM visits; SET partial_cache = on; SELECT count(*) FROM visits; SELECT count(*) FROM visits",
    "SET as_of = '1'",
    "SELECT date_trunc('day', ts), count(*) FROM visits GROUP BY 1 ORDER BY 1",
    "SELECT min(ts), max(ts) FROM visits", "SELECT count(*) FROM visits WHERE ts > '2024-01-04'",
    "SELECT count(*) FROM visits WHERE ts < '2030-01-01' AND n IS NOT NULL",
    "SELECT retention(n > 1, n > 3) FROM visits",
    "SELECT window_funnel(interval '9 days', ts, n > 0, n > 1) FROM visits",
    "SELECT session_count(ts, interval '1 hour') FROM visits",
    "SELECT id, sessionize(ts, interval '1 hour') OVER (PARTITION BY organization_id ORDER BY ts) FROM visits ORDER BY id",
    "SELECT * FROM generate_series(1, (SELECT count(*) FROM users))",
    "SELECT id, x FROM users, generate_series(1, n) AS g(x) ORDER BY 1, 2",
    "SELECT unnest(ARRAY(SELECT id FROM users ORDER BY id))",
    "SELECT country, organization_id, count(*) FROM visits GROUP BY CUBE (country, organization_id) ORDER BY 1, 2",
    "SELECT DISTINCT ON (organization_id) organization_id, id FROM users ORDER BY organization_id, n DESC",
  ]

  /// Each function and aggregate over columns that are open.
  private static var generated: [String] {
    let functions = FunctionTable.all.flatMap { function -> [String] in
      function.parameters.indices.flatMap { place -> [String] in
        ["n", "country", "ts"].flatMap { column -> [String] in
          var arguments = function.parameters.map(HiddenValueStatements.value)
          arguments[place] = column
          let call = "\(function.name)(\(arguments.joined(separator: ", ")))"
          return [
            "SELECT id, \(call) FROM users ORDER BY id",
            "SELECT count(*) FROM visits WHERE \(call) IS NOT NULL",
          ]
        }
      }
    }
    let aggregates = (AggregateTable.all.flatMap(\.names) + WindowTable.all.map(\.name)).sorted()
      .flatMap { name -> [String] in
        ["n", "country", "ts", "country, n", "n, 0.5", "n, ts", "country, ', '"].flatMap {
          arguments in
          [
            "SELECT \(name)(\(arguments)) FROM visits",
            "SELECT \(name)(\(arguments)) OVER (ORDER BY id) FROM users ORDER BY id",
          ]
        }
      }
    return functions + aggregates
  }

  @Test(arguments: [
    AccessWorld.Asker.user, .manager, .admin, .organizationAdmin, .platformAdmin,
  ])
  func `rows of other organisations change nothing`(_ asker: AccessWorld.Asker) throws {
    let worlds = [
      try AccessWorld(seed: 0, foreign: 6), try AccessWorld(seed: 0, foreign: 0),
      try AccessWorld(seed: 0, foreign: 5),
    ]
    // What an operator may see tells of everybody.
    let isOperator = asker == .platformAdmin
    var answered = 0
    for statement in Self.byHand + Self.generated {
      if isOperator,
        statement.contains("system.") || statement.contains("EXPLAIN") || statement.contains("SHOW")
          || statement.contains("DESCRIBE")
      {
        continue
      }
      let outcomes = try worlds.map { world in
        var session = try world.session(asker)
        let outcome = world.outcome(statement, &session)
        // The numbers of rows and segments that were read are an operator's to see too.
        return isOperator ? outcome.replacing(Self.statistics) { "\($0.1)" } : outcome
      }
      #expect(outcomes[1] == outcomes[0], "\(asker): \(statement)")
      #expect(outcomes[2] == outcomes[0], "\(asker): \(statement)")
      if !outcomes[0].hasPrefix("error") { answered += 1 }
      #expect(!outcomes[0].contains("bolt") || statement.contains("bolt"), "\(asker): \(statement)")
    }
    #expect(answered > 150, "\(answered)")
  }

  private static var statistics: Regex<(Substring, Substring)> {
    /(?m)^([A-Z]+ \d+) \d+ \d+ \d+ \d+ false/
  }

  @Test func `a user sees his own rows`() throws {
    let world = try AccessWorld(seed: 0)
    var session = try world.session(.user)
    #expect(try world.engine.execute("SELECT id FROM users", in: &session).rows == [[.text("u1")]])
    #expect(
      try world.engine.execute("SELECT count(*) FROM mails", in: &session).rows == [[.integer(1)]])
  }

  @Test func `whoever sees one organisation sees no table without organisations`() throws {
    let world = try AccessWorld(seed: 0)
    for asker in AccessWorld.Asker.allCases {
      var session = try world.session(asker)
      let outcome = world.outcome("SELECT number FROM contacts ORDER BY 1", &session)
      let seesAll = [AccessWorld.Asker.platformAdminOfAll, .superadmin, .local].contains(asker)
      #expect(outcome.hasPrefix("error insufficientPrivilege") == !seesAll, "\(asker): \(outcome)")
    }
  }

  @Test func `only who holds the folder changes anything`() throws {
    let world = try AccessWorld(seed: 0)
    for asker in AccessWorld.Asker.allCases where asker != .local {
      for statement in Self.byHand where statement.isChange {
        var session = try world.session(asker)
        let outcome = world.outcome(statement, &session)
        #expect(outcome.hasPrefix("error readOnly"), "\(asker): \(statement): \(outcome)")
      }
    }
    let catalog = world.engine.store.catalog()
    #expect(catalog.tables["users"]?.rowCount == 12)
    #expect(catalog.tables.keys.sorted() == ["contacts", "users", "visits"])
  }

  @Test func `what a roll-up kept of days that are gone is in reach as the rows were`() throws {
    let engine = Engine()
    var local = Session()
    for sql in [
      """
      CREATE TABLE views (at timestamp, organization_id text, user_id text, n bigint)
      PARTITION BY DAY (at) WITH (retention_days = 1)
      """,
      "SECURITY LABEL ON COLUMN views.organization_id IS 'organization'",
      "SECURITY LABEL ON COLUMN views.user_id IS 'user'",
      """
      CREATE MATERIALIZED VIEW views_daily AS SELECT date_trunc('day', at) AS day,
      organization_id, sum(n) AS n, hll(user_id) AS people FROM views GROUP BY 1, 2
      """,
      "CREATE VIEW totals AS SELECT sum(n) AS n, count(*) AS days FROM views_daily",
      """
      INSERT INTO views VALUES ('2024-01-01', 'acme', 'a', 1), ('2024-01-01', 'bolt', 'b', 10),
      ('2024-01-01', NULL, 'c', 100), ('2024-01-09', 'acme', 'a', 1000),
      ('2024-01-09', 'bolt', 'b', 10000)
      """,
    ] { _ = try engine.execute(sql, in: &local) }
    let acme = try #require(OrganizationID("acme"))
    var scoped = Session()
    scoped.access = QueryAccess(
      rows: RowScope(organizations: .only([acme]), user: nil), mayOperate: false, mayWrite: false)
    var own = Session()
    own.access = QueryAccess(
      rows: RowScope(organizations: .only([acme]), user: UserID("a")),
      mayOperate: false, mayWrite: false)
    for isKept in [false, true] {
      if isKept {
        try engine.applyRetention(now: 1_704_844_800_000)
        #expect(engine.store.catalog().tables["views_daily"]?.rowCount == 3)
      }
      for query in ["SELECT sum(n), count(*) FROM views_daily", "SELECT n, days FROM totals"] {
        #expect(
          try engine.execute(query, in: &scoped).rows == [[.integer(1001), .integer(2)]],
          "\(query), kept: \(isKept)")
        #expect(
          try engine.execute(query, in: &local).rows == [[.integer(11111), .integer(5)]],
          "\(query), kept: \(isKept)")
        // Nobody knows whose part of a sum it is.
        #expect(throws: QueryError.self) { try engine.execute(query, in: &own) }
      }
    }
  }

  @Test func `access to an organisation of others is refused before anything is planned`() throws {
    let bolt = try #require(OrganizationID("bolt"))
    let acme = try #require(OrganizationID("acme"))
    let me = try #require(UserID("u1"))
    let admin = try Principal(
      user: me, organizations: [acme], role: .admin, allowlist: SuperadminAllowlist())
    #expect(throws: AccessRefusal.foreignOrganization(bolt)) {
      try QueryAccess(admin, in: .named([bolt]))
    }
    #expect(throws: AccessRefusal.allOrganizations(.admin, .runQueries)) {
      try QueryAccess(admin, in: .all)
    }
  }
}

extension String {
  fileprivate var isChange: Bool {
    [
      "DELETE", "UPDATE", "INSERT", "TRUNCATE", "DROP", "CREATE", "ALTER", "CHECKPOINT", "SECURITY",
      "PREPARE p AS INSERT", "EXPLAIN DELETE", "EXPLAIN INSERT",
    ]
    .contains { hasPrefix($0) } || hasPrefix("COPY users FROM")
  }
}
