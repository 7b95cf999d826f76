import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import Testing

/// Events whose column of users is encoded in another way each day, and lists of users.
private struct People {
  let engine = Engine(threads: 2)

  /// Without plain texts most users have a role.
  init(seed: UInt64, hasPlainTexts: Bool = false) throws {
    try run(
      """
      CREATE TABLE e (day date, user_id text, x bigint, d double precision, few bigint, cents double precision,
        sign boolean) PARTITION BY DAY (day)
      """
    )
    try run("CREATE TABLE u (user_id text, role text)")
    try run("CREATE TABLE p (user_id text, x bigint)")
    try setRoles(seed: seed)
    var random = SplitMix64(seed: seed)
    for day in 0..<Self.nullShares.count { try add(day, &random) }
    guard hasPlainTexts else { return }
    // Each text is new, so that they are kept plain; some are those of people in `u`.
    try append(
      "p", [], (0..<9_000).map { "p\($0)" }, (0..<9_000).map { Int64($0) }, sealsTails: true)
  }

  /// Of users, by day: whole, sparse, nobody, one person, and an open tail.
  private static let nullShares = [0, 0.1, 0.6, 1, -1, 0.3]

  @discardableResult
  func run(_ sql: String) throws -> QueryResult {
    var session = Session()
    return try engine.execute(sql, in: &session)
  }

  private func add(_ day: Int, _ random: inout SplitMix64) throws {
    let share = Self.nullShares[day]
    // People come to the dictionary day by day.
    let users = (0..<400).map { _ -> String? in
      if share < 0 { return "u3" }
      return random.chance(share) ? nil : "u\(random.below(20 + day * 30))"
    }
    try append(
      "e", [Int64](repeating: Int64(day), count: users.count), users,
      users.indices.map { Int64($0 * (day + 1)) }, sealsTails: day < 5)
  }

  private func append(
    _ table: String, _ days: [Int64], _ users: [String?], _ numbers: [Int64], sealsTails: Bool
  ) throws {
    let pool = TextPool()
    for user in users { pool.append(user ?? "") }
    var columns = [
      ColumnValues(
        storage: .text(codes: users.indices.map { UInt32($0) }, pool: pool),
        validity: users.contains(nil) ? users.map { $0 == nil ? 0 : 1 } : nil),
      ColumnValues(storage: .integers(numbers)),
    ]
    if !days.isEmpty {
      columns.insert(ColumnValues(storage: .integers(days)), at: 0)
      columns.append(ColumnValues(storage: .doubles(numbers.map { Double($0) / 7 })))
      // Mostly null, rarely null, and a third null.
      columns.append(
        ColumnValues(
          storage: .integers(numbers.map { $0 * 1_000 - 77 }),
          validity: users.indices.map { $0 % 5 == 2 ? 1 : 0 }))
      columns.append(
        ColumnValues(
          storage: .doubles(numbers.map { Double($0) / 100 }),
          validity: users.indices.map { $0 % 37 == 0 ? 0 : 1 }))
      columns.append(
        ColumnValues(
          storage: .booleans(users.indices.map { $0 % 2 == 0 ? 1 : 0 }),
          validity: users.indices.map { $0 % 3 == 0 ? 0 : 1 }))
    }
    let values = columns
    try engine.store.append(to: table, sealsTails: sealsTails) { (appender) throws(StoreError) in
      try appender.append(RowBatch(rowCount: users.count, columns: values))
    }
  }

  /// Some of the people who do something, some who do nothing, and one twice.
  func setRoles(seed: UInt64, hasNull: Bool = false) throws {
    var random = SplitMix64(seed: seed)
    try run("DROP TABLE u")
    try run("CREATE TABLE u (user_id text, role text)")
    var rows = (0..<200).filter { _ in random.chance(0.7) }.map { user in
      "('\(user % 40 == 9 ? "p" : "u")\(user)', '\(random.pick(["user", "admin", "guest"]))')"
    }
    rows += ["('u3', 'user')", "('u3', 'user')", "('absent\(seed)', 'user')"]
    if hasNull { rows.append("(NULL, 'user')") }
    try run("INSERT INTO u VALUES \(rows.joined(separator: ", "))")
  }

  /// The same with and without the cache, on any number of threads, and as the reference says.
  func check(_ sql: String) throws {
    #expect(try Answer.difference(of: sql, on: engine) == nil, "\(sql)")
  }
}

@Suite struct `Rows restricted to those of some people` {
  static let figures =
    "count(*), count(user_id), count(DISTINCT user_id), sum(x), sum(d), avg(d), max(x) FILTER (WHERE x % 2 = 0)"
  static let chosen = "(SELECT user_id FROM u WHERE role = 'user')"

  /// Of columns with nulls, over the rows that conditions leave of those of some people.
  static let parts = """
    count(*) FILTER (WHERE sign), count(few), count(cents) FILTER (WHERE few IS NULL OR x < 300), sum(few),
    avg(cents), sum(cents) FILTER (WHERE sign OR few > 90000), sum(x) FILTER (WHERE cents > 1 AND sign IS NULL),
    sum(d) FILTER (WHERE x % 7 = 1), count(DISTINCT user_id) FILTER (WHERE x > 200), min(few) FILTER (WHERE sign),
    sum(few) FILTER (WHERE x = 5), sum(few) FILTER (WHERE x + length(user_id) > 30), max(cents)
    """

  static let questions: [String] = [
    "SELECT \(parts) FROM e WHERE user_id IN \(chosen)",
    "SELECT \(parts) FROM e WHERE user_id NOT IN \(chosen)",
    "SELECT \(parts) FROM e",
    "SELECT \(parts) FROM e WHERE x BETWEEN 100 AND 120 AND user_id IN \(chosen)",
    "SELECT day, \(parts) FROM e WHERE user_id IN \(chosen) GROUP BY day",
    "SELECT sign, \(parts) FROM e WHERE user_id IN \(chosen) GROUP BY sign",
    "SELECT few, cents, sign FROM e WHERE user_id IN \(chosen)",
    "SELECT user_id, count(*), min(x), max(day), bool_or(sign), avg(few) FROM e WHERE user_id IN \(chosen) GROUP BY 1",
    "SELECT user_id, min(few), (SELECT count(*) FROM p WHERE x < 3) FROM e WHERE user_id IN \(chosen) GROUP BY 1",
    "SELECT sign, user_id, sum(x) FILTER (WHERE few > 0) FROM e WHERE x > 70 AND user_id NOT IN \(chosen) GROUP BY 1, 2",
    "SELECT DISTINCT user_id FROM e WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.user_id = e.user_id AND role = 'user')",
    "SELECT day, count(DISTINCT user_id) FROM e WHERE x % 2 = 1 AND user_id IN \(chosen) GROUP BY day",
    "SELECT sign, count(DISTINCT user_id) FILTER (WHERE x > 99), count(DISTINCT user_id) FROM e WHERE user_id IN \(chosen) GROUP BY 1",
    "SELECT count(DISTINCT user_id), count(DISTINCT user_id) FILTER (WHERE sign) FROM e WHERE user_id NOT IN \(chosen)",
    """
    SELECT day, count(DISTINCT user_id) FROM e
    WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.user_id = e.user_id AND role = 'user') GROUP BY day
    """,
    "SELECT count(DISTINCT user_id) FROM p WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.user_id = p.user_id)",
    """
    SELECT role, count(*) FILTER (WHERE sign), sum(few), sum(cents) FILTER (WHERE sign AND x > 10) FROM e
    JOIN (SELECT user_id, min(role) AS role FROM u GROUP BY 1) AS roles ON roles.user_id = e.user_id
    WHERE e.user_id IN \(chosen) GROUP BY 1
    """,
    "SELECT \(figures) FROM e WHERE user_id IN \(chosen)",
    "SELECT day, \(figures) FROM e WHERE x > 50 AND user_id IN \(chosen) GROUP BY day",
    "SELECT user_id, sum(d) FROM e WHERE user_id IN \(chosen) GROUP BY 1",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d) FROM e WHERE user_id IN \(chosen)",
    "SELECT \(figures) FROM e WHERE user_id IN (SELECT user_id FROM u WHERE role = 'nobody')",
    "SELECT \(figures) FROM e WHERE user_id IN (SELECT user_id FROM e)",
    "SELECT \(figures) FROM e WHERE user_id NOT IN \(chosen)",
    "SELECT \(figures) FROM e WHERE user_id NOT IN (SELECT user_id FROM u WHERE role = 'nobody')",
    """
    SELECT day, \(figures) FROM e
    WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.user_id = e.user_id AND role = 'user') GROUP BY day
    """,
    "SELECT \(figures) FROM e WHERE NOT EXISTS (SELECT 1 FROM e AS o WHERE o.user_id = e.user_id)",
    """
    SELECT \(figures) FROM e WHERE user_id IN (SELECT user_id FROM u WHERE role <> 'guest')
      AND NOT EXISTS (SELECT 1 FROM u WHERE u.user_id = e.user_id AND role = 'admin')
    """,
    "SELECT day, user_id, x FROM e WHERE user_id IN \(chosen) ORDER BY x DESC, user_id, day LIMIT 7",
    "SELECT * FROM e WHERE d < 9 AND user_id IN \(chosen)",
    "SELECT count(*), sum(x) FROM e WHERE user_id IN (SELECT user_id FROM p WHERE x % 3 = 0)",
    "SELECT count(*), sum(x) FROM p WHERE user_id IN (SELECT user_id FROM u)",
    "SELECT count(*) FROM p WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.user_id = p.user_id)",
    "SELECT count(*) FROM p WHERE user_id IN (SELECT min(user_id) FROM u WHERE user_id > 'p')",
    "SELECT count(*) FROM e WHERE user_id IN (SELECT 'u3')",
    "SELECT count(*) FROM e WHERE user_id IN (SELECT upper(role) FROM u)",
    """
    SELECT role, count(*), sum(e.x) FROM e JOIN u ON u.user_id = e.user_id
    WHERE e.user_id IN (SELECT user_id FROM e WHERE x > 900) GROUP BY 1
    """,
    "SELECT count(*) FROM e WHERE x / (x - 400) > 0 AND user_id IN \(chosen)",
  ]

  @Test(arguments: questions)
  func `are those of the reference, however they are kept and whoever comes and goes`(
    question: String
  ) throws {
    let people = try People(seed: 1, hasPlainTexts: question.contains(" p "))
    try people.check(question)
    for round in UInt64(2)..<5 {
      try people.setRoles(seed: round, hasNull: round == 3)
      try people.check(question)
    }
    try people.run("DELETE FROM e WHERE x % 5 = 1")
    try people.check(question)
    try people.run("UPDATE e SET x = x + 1 WHERE user_id IN \(Self.chosen)")
    try people.check(question)
  }

  @Test func `are known as long as a segment's people are the same`() throws {
    let people = try People(seed: 1)
    let question =
      "SELECT sum(d), count(DISTINCT user_id) FROM e WHERE day < DATE '1970-01-06' AND user_id IN \(Self.chosen)"
    func eventsRead() throws -> Int {
      let users = try people.run("SELECT count(*) FROM u").rows[0][0]
      let result = try people.run(question)
      guard case .integer(let count) = users else { return -1 }
      return result.statistics.rowsScanned - Int(count)
    }
    // The day of which nobody is known is skipped.
    #expect(try eventsRead() == 4 * 400)
    try people.run("INSERT INTO u VALUES ('somebody new', 'user'), ('u900', 'admin')")
    #expect(try eventsRead() == 0)
  }

  @Test func `are looked up by row in open tails of few rows`() throws {
    let people = try People(seed: 3)
    try people.run("CREATE TABLE few (day date, user_id text) PARTITION BY DAY (day)")
    try people.run(
      """
      INSERT INTO few SELECT date '2026-01-01' + i, CASE WHEN i % 4 > 0 THEN 'u' || i END
      FROM generate_series(0, 59) AS g(i)
      """)
    for condition in ["IN", "NOT IN"] {
      try people.check(
        "SELECT day, user_id FROM few WHERE user_id \(condition) \(Self.chosen) ORDER BY day")
      try people.check("SELECT count(*) FROM few WHERE user_id \(condition) \(Self.chosen)")
    }
  }

  @Test(arguments: [
    "SELECT user_id, min(x) FROM e WHERE day < DATE '1970-01-05'RESTRICTED GROUP BY 1",
    "SELECT day, count(DISTINCT user_id) FROM e WHERE day < DATE '1970-01-05'RESTRICTED GROUP BY 1",
    "SELECT count(DISTINCT user_id) FILTER (WHERE sign) FROM e WHERE day < DATE '1970-01-05'RESTRICTED",
  ])
  func `are known by those of all people, where people are what is counted or grouped by`(
    question: String
  ) throws {
    let people = try People(seed: 1)
    func result(_ restriction: String) throws -> QueryResult {
      try people.run(question.replacing("RESTRICTED", with: restriction))
    }
    _ = try result("")
    let users = try people.run("SELECT count(*) FROM u").rows[0][0]
    for role in ["user", "admin", "guest"] {
      let read = try result(" AND user_id IN (SELECT user_id FROM u WHERE role = '\(role)')")
      #expect(.integer(Int64(read.statistics.rowsScanned)) == users)
    }
  }

  @Test func `do not fail by those of others`() throws {
    let people = try People(seed: 1)
    try people.run("CREATE TABLE big (user_id text, x bigint)")
    let most = Int64.max
    try people.run("INSERT INTO big VALUES ('u1', \(most)), ('u1', \(most)), ('u2', 4), ('u2', 5)")
    try people.run("CREATE TABLE few (user_id text)")
    try people.run("INSERT INTO few VALUES ('u2')")
    let sums =
      "SELECT user_id, sum(x) FROM big WHERE user_id IN (SELECT user_id FROM few) GROUP BY 1"
    #expect(try people.run(sums).rows == [[.text("u2"), .integer(9)]])
    try people.run("INSERT INTO few VALUES ('u1')")
    #expect(throws: QueryError.self) { try people.run(sums) }
  }

  @Test func `are one condition of the scan`() throws {
    let people = try People(seed: 1)
    let plan = try people.run(
      "EXPLAIN ANALYZE SELECT count(*) FROM e WHERE user_id IN \(Self.chosen)"
    ).rows.map { row in if case .text(let text) = row[0] { text } else { "" } }
    let passed = try people.run("SELECT count(*) FROM e WHERE user_id IN \(Self.chosen)").rows[0][0]
    guard case .integer(let count) = passed else { return }
    #expect(plan.contains { $0.contains("Semi join") && $0.contains("[\(count) rows") })
    #expect(plan.contains { $0.contains("Scan e ") && $0.contains("[\(count) rows") })
  }
}
