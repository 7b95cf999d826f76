import Testing

@Suite struct `Sub-queries` {
  @Test(arguments: [
    (
      "SELECT name FROM orgs o WHERE EXISTS (SELECT 1 FROM users u WHERE u.org_id = o.id)",
      "Semi join on"
    ),
    (
      "SELECT name FROM orgs o WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.org_id = o.id)",
      "Anti join on"
    ),
    ("SELECT name FROM orgs WHERE id IN (SELECT org_id FROM users)", "Semi join on"),
    ("SELECT name FROM orgs WHERE id < (SELECT count(*) FROM users)", "Cross join where"),
    ("SELECT (SELECT name FROM orgs o WHERE o.id = u.org_id) FROM users u", "Single join on"),
    (
      "SELECT (SELECT max(seats) FROM orgs o WHERE o.id = u.org_id) FROM users u", "Left join on"
    ),
    ("SELECT id FROM orgs FULL JOIN users ON id = org_id", "Full join on"),
    ("SELECT id FROM orgs RIGHT JOIN users ON id = org_id", "Left join on"),
  ])
  func `become joins`(sql: String, join: String) throws {
    #expect(try explained(sql).contains(join), "\(sql)")
  }

  @Test func `take conditions on the query around them to its tables`() throws {
    let plan = try explained(
      "SELECT user_id FROM users u WHERE user_id IN (SELECT user_id FROM events) AND org_id = 1")
    #expect(plan.contains("Scan users columns: user_id filter: (org_id = 1)"))
  }

  @Test func `are computed once where WITH is used twice`() throws {
    let plan = try explained(
      """
      WITH n AS (SELECT org_id, count(*) AS c FROM users GROUP BY org_id)
      SELECT a.c FROM n a JOIN n b ON a.c = b.c
      """)
    #expect(plan.components(of: "Scan users") == 1)
    #expect(plan.contains("Shared: computed above"))
  }

  @Test(arguments: [
    (
      "SELECT (SELECT max(id) FROM orgs o WHERE o.id < u.org_id) FROM users u",
      "an aggregate may only be tied to the query around it by ="
    ),
    (
      "SELECT (SELECT o.id + u.org_id FROM orgs o WHERE o.id = u.org_id) FROM users u",
      "use columns of the query around it outside of the sub-query"
    ),
    (
      "SELECT (SELECT id FROM orgs o WHERE o.id = u.org_id LIMIT 1) FROM users u",
      "leave LIMIT out, or use min or max"
    ),
    ("SELECT 1 FROM users LEFT JOIN orgs ON id = (SELECT 1)", "use it in SELECT, WHERE or HAVING"),
  ])
  func `that cannot be joined say what to do instead`(sql: String, hint: String) {
    let message = failure(sql)
    #expect(message.hasPrefix("featureNotSupported [(]"), "\(message)")
    #expect(message.hasSuffix(hint), "\(message)")
  }

  @Test func `in sub-queries are planned without harm`() {
    var sql = "SELECT id FROM orgs"
    for _ in 0..<40 { sql = "SELECT id FROM orgs WHERE id NOT IN (\(sql))" }
    #expect(failure(sql).hasPrefix("tooComplex"))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int {
    split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}
