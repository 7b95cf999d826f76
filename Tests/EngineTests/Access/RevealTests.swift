import AccessControl
import ColumnStore
import Engine
import QueryLanguage
import QueryPlanning
import Synchronization
import Testing

@Suite struct RevealedColumnTests {
  /// Keeps what it is told; refuses where it should.
  private final class Recorder: RevealRecorder {
    let events = Mutex<[String]>([])
    let refuses: Bool

    init(refuses: Bool = false) { self.refuses = refuses }

    func willOpen(_ columns: [LabelledColumn]) throws(QueryError) {
      if refuses { throw QueryError(.insufficientPrivilege, "not recorded") }
      events.withLock { $0.append("before \(columns)") }
    }

    func didOpen(_ columns: [LabelledColumn], rowCount: Int) {
      events.withLock { $0.append("after \(columns) \(rowCount)") }
    }
  }

  private func session(
    _ world: AccessWorld, _ columns: [String]?, _ organizations: OrganizationScope = .all,
    asker: AccessWorld.Asker = .superadmin, recorder: Recorder? = nil
  ) throws -> Session {
    var session = try world.session(asker)
    session.access.reveal = Reveal(
      columns: try columns.map { .named(Set(try $0.map { try #require(SealedColumn($0)) })) }
        ?? .all,
      organizations: organizations, recorder: recorder)
    return session
  }

  private func rows(
    _ sql: String, _ world: AccessWorld, _ session: Session
  ) throws -> [[String]] {
    var session = session
    return try world.engine.execute(sql, in: &session).rows.map { $0.map { $0.formatted() } }
  }

  @Test func `opens the columns that it names, and they may be compared`() throws {
    let world = try AccessWorld(seed: 0)
    let session = try session(world, ["users.email"])
    #expect(
      try rows(
        "SELECT email, score, token FROM users WHERE email = 'ann2@alpha.test'", world, session)
        == [["ann2@alpha.test", "NULL", "NULL"]])
    #expect(
      try rows("SELECT email FROM visits WHERE id = 'u1'", world, session) == [["(redacted)"]])
    #expect(throws: QueryError.self) {
      try rows("SELECT id FROM users WHERE score = 7913531", world, session)
    }
    #expect(
      try rows(
        "SELECT email, count(*) FROM people GROUP BY email ORDER BY 2 DESC, 1 LIMIT 1", world,
        session)
        == [["ann1@alpha.test", "2"]])
  }

  @Test func `is told of before and after, with columns and rows`() throws {
    let world = try AccessWorld(seed: 0)
    let recorder = Recorder()
    var session = try session(world, nil, recorder: recorder)
    for statement in [
      "SELECT email FROM users ORDER BY id", "SELECT count(*) FROM users WHERE score > 0",
      "SELECT id FROM users",
      "SELECT * FROM mails LIMIT 1", "EXPLAIN SELECT token FROM users",
      "SELECT number FROM contacts",
    ] { _ = try world.engine.execute(statement, in: &session) }
    #expect(throws: QueryError.self) {
      try world.engine.execute("SELECT 1 / (score - score) FROM users", in: &session)
    }
    let plan = try world.engine.execute("EXPLAIN SELECT token FROM users", in: &session).rowCount
    #expect(
      recorder.events.withLock { $0 } == [
        "before [users.email]", "after [users.email] 12", "before [users.score]",
        "after [users.score] 1", "before [visits.email]", "after [visits.email] 1",
        "before [users.token]", "after [users.token] \(plan)", "before [users.score]",
        "before [users.token]", "after [users.token] \(plan)",
      ])
  }

  @Test func `opens nothing where it cannot be recorded`() throws {
    let world = try AccessWorld(seed: 0)
    let session = try session(world, nil, recorder: Recorder(refuses: true))
    #expect(throws: QueryError.self) { try rows("SELECT email FROM users", world, session) }
    #expect(try rows("SELECT count(*) FROM users", world, session) == [["12"]])
  }

  @Test func `of one organisation opens nothing to a query over all rows`() throws {
    let world = try AccessWorld(seed: 0)
    let acme = OrganizationScope.only([try #require(OrganizationID("acme"))])
    var wide = try session(world, nil, acme)
    #expect(try rows("SELECT email FROM users WHERE id = 'u1'", world, wide) == [["(redacted)"]])
    wide.access.rows.organizations = acme
    #expect(
      try rows("SELECT email FROM users WHERE id = 'u1'", world, wide) == [["ann1@alpha.test"]])
  }

  /// Aggregations of sealed segments and whole answers are kept, and so are prepared statements.
  @Test func `never shows in what caches give to others`() throws {
    let world = try AccessWorld(seed: 0)
    let open = try session(world, nil)
    let queries = [
      "SELECT min(email), max(score) FROM visits", "SELECT email FROM visits WHERE id = 'u1'",
      "SELECT country, min(email) FROM visits GROUP BY country ORDER BY country",
      "SELECT string_agg(email, ',' ORDER BY id) FROM visits",
      "SELECT count(DISTINCT email) FROM visits",
      "SELECT count(*), min(id) FROM visits",
      "SELECT first_value(email) OVER (ORDER BY id) FROM visits",
    ]
    let fresh = try AccessWorld(seed: 0)
    for asker in AccessWorld.Asker.allCases {
      for query in queries {
        let other = try world.session(asker)
        let expected = try rows(query, fresh, try fresh.session(asker))
        let revealed = try rows(query, world, open)
        #expect(try rows(query, world, other) == expected, "\(asker): \(query)")
        #expect(try rows(query, world, open) == revealed, "\(asker): \(query)")
        #expect(try rows(query, world, other) == expected, "\(asker): \(query)")
      }
    }
    var prepared = open
    _ = try world.engine.execute(
      "PREPARE p AS SELECT email FROM users WHERE id = 'u1'", in: &prepared)
    #expect(try rows("EXECUTE p", world, prepared) == [["ann1@alpha.test"]])
    prepared.access.reveal = nil
    #expect(try rows("EXECUTE p", world, prepared) == [["(redacted)"]])
  }

  @Test func `lets hidden columns be stored, with their labels`() throws {
    let world = try AccessWorld(seed: 0)
    var session = try session(world, nil, asker: .local)
    _ = try world.engine.execute(
      "CREATE TABLE copy AS SELECT id, email, comment, lower(email) AS low FROM users", in: &session
    )
    let labels = world.engine.store.catalog().tables["copy"]?.schema.columns.map(\.label)
    #expect(labels == [nil, .sealed, .freeText, nil])
  }

  @Test func `pseudonyms are the same with and without it, and differ between organisations`()
    throws
  {
    let world = try AccessWorld(seed: 0)
    let hidden = try world.session(.superadmin)
    let query = "SELECT id, pseudonym(email) FROM users ORDER BY id"
    let names = try rows(query, world, hidden)
    #expect(names[1] == ["u1", "p_acme_email_1"])
    #expect(names[7] == ["u5", "p_acme_email_1"])
    #expect(try rows(query, world, try session(world, nil)) == names)
    let all = try rows(
      "SELECT pseudonym(x) FROM (SELECT organization_id, email AS x FROM users) t WHERE organization_id IS NULL",
      world, hidden)
    #expect(all == [["p__email_11"]])
    #expect(throws: QueryError.self) {
      try rows("SELECT pseudonym(comment) FROM users", world, hidden)
    }
  }

  @Test func `free text is for the admin of its organisation alone`() throws {
    let world = try AccessWorld(seed: 0)
    for asker in AccessWorld.Asker.allCases {
      let session = try world.session(asker)
      let shown = try rows("SELECT comment FROM users WHERE id = 'u1'", world, session)
      #expect(
        shown == [[asker == .organizationAdmin ? "alpha comment 1" : "(redacted)"]], "\(asker)")
    }
    // A table whose rows are of no organisation has no admin.
    var session = try world.session(.local)
    session.access = .unrestricted
    _ = try world.engine.execute("CREATE TABLE notes AS SELECT 'text' AS note", in: &session)
    _ = try world.engine.execute("SECURITY LABEL ON COLUMN notes.note IS 'free text'", in: &session)
    session.access = .local
    session.access.freeText = .all
    #expect(try rows("SELECT note FROM notes", world, session) == [["(redacted)"]])
  }

  @Test func `answers name the columns that show masks`() throws {
    let world = try AccessWorld(seed: 0)
    var session = try world.session(.admin)
    let result = try world.engine.execute(
      "SELECT id, email, length(email) AS l, count(email) OVER () AS c, pseudonym(email) AS p, coalesce(comment, '-') AS t FROM users",
      in: &session)
    #expect(result.redactedColumns == ["email", "l", "t"])
  }

  private struct History: CatalogHistory {
    var old: Catalog
    func moment(_ reference: CatalogReference) throws(CatalogHistoryError) -> CatalogMoment {
      CatalogMoment(number: 1, name: "1")
    }
    func catalog(at moment: CatalogMoment) throws(CatalogHistoryError) -> Catalog { old }
  }

  @Test func `older states are hidden by the labels of today`() throws {
    let plain = Engine(threads: 1)
    var session = Session()
    for statement in [
      "CREATE TABLE users (id text, organization_id text, email text, phone text)",
      "INSERT INTO users VALUES ('u1', 'acme', 'ann1@alpha.test', '0815'), ('u2', 'bolt', 'b', 'c')",
      "CREATE TABLE gone AS SELECT * FROM users",
    ] { _ = try plain.execute(statement, in: &session) }
    let engine = Engine(
      store: plain.store, threads: 1, history: History(old: plain.store.catalog()))
    for statement in [
      "DROP TABLE gone", "SECURITY LABEL ON COLUMN users.email IS 'sealed'",
      "SECURITY LABEL ON COLUMN users.organization_id IS 'organization'",
      "ALTER TABLE users RENAME COLUMN phone TO number",
    ] { _ = try engine.execute(statement, in: &session) }
    let world = try AccessWorld(seed: 0)
    func outcome(_ sql: String, _ asker: AccessWorld.Asker) throws -> [[String]]? {
      var session = try world.session(asker)
      _ = try engine.execute("SET as_of = '1'", in: &session)
      return try? engine.execute(sql, in: &session).rows.map { $0.map { $0.formatted() } }
    }
    #expect(
      try outcome("SELECT * FROM users", .admin) == [["u1", "acme", "(redacted)", "(redacted)"]])
    #expect(try outcome("SELECT * FROM gone", .superadmin) == nil)
    #expect(
      try outcome("SELECT email, phone FROM users WHERE id = 'u1'", .local)
        == [["(redacted)", "0815"]])
  }
}
