import ColumnStore
import QueryLanguage
import QueryPlanning
import Testing

/// Plans as EXPLAIN shows them: what was bound, and what the rules made of it.
@Suite struct PlanTests {
  @Test(arguments: [
    ("SELECT 1", "Project: 1\n  Values: 1 row"),
    ("SELECT * FROM orgs", "Scan orgs columns: id, name, seats"),
    ("SELECT seats, id FROM orgs", "Scan orgs columns: seats, id"),
    ("SELECT count(*) FROM events", "Aggregate: count(*)\n  Scan events"),
    (
      "SELECT model FROM events WHERE ms > 3 AND ok",
      "Scan events columns: model filter: (ms > 3) AND (ok)"
    ),
    ("SELECT 1 FROM events WHERE 1 = 2", "Project: 1\n  Values: 0 rows"),
    (
      "SELECT x FROM (VALUES (1), (2)) AS t(x) WHERE x > 1",
      "Filter: (column1 > 1)\n  Values: 2 rows"
    ),
    (
      "VALUES (1, 'a'), (2.5, NULL) ORDER BY 1 LIMIT 1",
      "Limit 1\n  Top 1 by column1\n    Values: 2 rows"
    ),
  ])
  func `a scan reads only what is needed and filters on the way`(sql: String, plan: String) throws {
    #expect(try explained(sql) == plan)
  }

  @Test func `grouping, having and ordering by what is not selected`() throws {
    #expect(
      try explained(
        """
        SELECT u.country, count(DISTINCT e.user_id) FROM events e, users u, orgs o
        WHERE o.id = u.org_id AND e.user_id = u.user_id
        GROUP BY 1 HAVING count(*) > 10 ORDER BY count(*)
        """) == """
          Project: country, count(DISTINCT events.user_id)
            Sort by count(*)
              Filter: (count(*) > 10)
                Aggregate by country: count(DISTINCT events.user_id), count(*)
                  Inner join on org_id = id
                    Inner join on events.user_id = users.user_id
                      Scan events columns: user_id
                      Scan users columns: user_id, org_id, country
                    Scan orgs columns: id
          """)
  }

  @Test func `a sort below a limit keeps only the first rows`() throws {
    #expect(
      try explained("SELECT DISTINCT model FROM events ORDER BY model LIMIT 3 OFFSET 2") == """
        Limit 3 offset 2
          Top 5 by model
            Aggregate by model
              Scan events columns: model
        """)
    #expect(
      try explained("SELECT m FROM (SELECT model AS m, ms FROM events ORDER BY ms) t LIMIT 4")
        == """
        Limit 4
          Project: model
            Top 4 by ms
              Scan events columns: model, ms
        """)
  }

  @Test func `equal aggregates are computed once`() throws {
    #expect(
      try explained("SELECT sum(ms), sum(ms) + 1, sum( ms ) FILTER (WHERE ok) FROM events") == """
        Project: sum(ms), (sum(ms) + 1), sum(ms) FILTER (ok)
          Aggregate: sum(ms), sum(ms) FILTER (ok)
            Scan events columns: ms, ok
        """)
  }

  @Test func `a grouping expression is recognised wherever it is written again`() throws {
    #expect(
      try explained(
        """
        SELECT date_trunc('day', ts) AS d, length(lower(model)) + 1, count(*) FROM events
        GROUP BY d, lower(model) ORDER BY date_trunc('days', ts) DESC
        """) == """
          Sort by date_trunc('day', ts) DESC
            Project: date_trunc('day', ts), (length(lower(model)) + 1), count(*)
              Aggregate by date_trunc('day', ts), lower(model): count(*)
                Scan events columns: ts, model
          """)
  }

  @Test func `an input column wins over an output name in GROUP BY and loses in ORDER BY`() throws {
    #expect(
      try explained("SELECT upper(model) AS model FROM events GROUP BY model ORDER BY model")
        == """
        Sort by upper(model)
          Project: upper(model)
            Aggregate by model
              Scan events columns: model
        """)
  }

  @Test func `conditions on grouping keys are decided before grouping`() throws {
    #expect(
      try explained(
        """
        SELECT * FROM (SELECT day AS d, count(*) AS n FROM events GROUP BY day) t
        WHERE d >= '2024-01-01' AND n > 5
        """) == """
          Filter: (count(*) > 5)
            Aggregate by day: count(*)
              Scan events columns: day filter: (day >= '2024-01-01')
          """)
    // One row comes out of no rows: nothing may move below.
    #expect(
      try explained("SELECT * FROM (SELECT count(*) AS n FROM events) t WHERE n > 5 AND 1 = 1")
        == "Filter: (count(*) > 5)\n  Aggregate: count(*)\n    Scan events")
  }

  @Test func `conditions do not pass a limit`() throws {
    #expect(
      try explained("SELECT * FROM (SELECT ms FROM events LIMIT 5) t WHERE ms > 1") == """
        Filter: (ms > 1)
          Limit 5
            Scan events columns: ms
        """)
  }

  @Test func `WITH queries are inlined`() throws {
    #expect(
      try explained(
        """
        WITH a AS (SELECT user_id, sum(ms) AS total FROM events GROUP BY user_id),
          b(x) AS (SELECT total FROM a WHERE user_id IN ('x', 'y'))
        SELECT avg(x) FROM b
        """) == """
          Aggregate: avg(sum(ms))
            Project: sum(ms)
              Aggregate by user_id: sum(ms)
                Scan events columns: user_id, ms filter: (user_id IN ('x', 'y'))
          """)
  }

  @Test func `operators are numbered in preorder`() throws {
    let plan = try query("SELECT 1 FROM users u JOIN orgs o ON u.org_id = o.id LIMIT 1").plan
    let lines = PlanDescription(plan).lines
    #expect(lines.map(\.id) == [0, 1, 2, 3, 4])
    #expect(lines.map(\.depth) == [0, 1, 2, 3, 3])
  }

  @Test(arguments: [
    (
      "SELECT model, count(*), ms + 1, upper(model), ms AS x, CAST(ms AS text) FROM events GROUP BY 1, ms",
      ["model", "count", "?column?", "upper", "x", "ms"]
    ),
    ("SELECT *, o.* FROM orgs o", ["id", "name", "seats", "id", "name", "seats"]),
    (
      "SELECT * FROM users JOIN (SELECT user_id, ms FROM events) e USING (user_id)",
      ["user_id", "org_id", "country", "signed_up", "ms"]
    ),
    ("VALUES (1, 2)", ["column1", "column2"]),
    (
      "SELECT CASE WHEN ok THEN ms END, coalesce(ms, 0), ms::text, 1::int8, extract(year FROM ts) FROM events",
      ["case", "coalesce", "ms", "int8", "extract"]
    ),
  ])
  func `columns are named as PostgreSQL names them`(sql: String, names: [String]) throws {
    #expect(try query(sql).columnNames == names)
  }

  @Test func `constant calls are evaluated by whoever can`() throws {
    let sql =
      "SELECT ms FROM events WHERE model = upper('gpt') AND ms < length('four') AND 1 / 0 > 1"
    let context = PlanningContext(now: noon) { expression in
      guard case .call(let call) = expression else { return nil }
      switch call.function {
      case .upper: return .text("GPT")
      case .characterLength: return .integer(4)
      default: return nil
      }
    }
    let planned = try Planner(catalog: catalog, context: context).plan(
      SQLParser.parseOne(sql), text: sql)
    guard case .query(let query) = planned else {
      Issue.record("not a query")
      return
    }
    #expect(
      PlanDescription.lines(query.plan) == [
        "Scan events columns: ms filter: (model = 'GPT') AND (ms < 4) AND ((1 / 0) > 1)"
      ])
  }
}
