import AccessControl
import ColumnStore
import Engine
import Foundation
import QueryLanguage
import QueryPlanning
import Testing

/// The same database twice or more, with other hidden values in it, or other rows of a foreign
/// organisation. What somebody sees must not depend on what he may not see.
struct AccessWorld {
  let engine: Engine
  let secrets: Secrets

  /// Hidden values of one world. Which are null and which are equal is the same in all.
  struct Secrets {
    /// 0, 1, ...: worlds differ in all values, their order, length and size.
    var seed: Int
    /// Who may read free text sees worlds that agree in it.
    var textSeed: Int

    func email(_ user: Int) -> String? {
      if user == 3 { return nil }
      let person = user == 5 ? 1 : user
      return seed == 0
        ? "ann\(person)@alpha.test"
        : "z\(9 - person)\(String(repeating: "o", count: person))e@omega.test"
    }
    func token(_ user: Int) -> String? {
      let digit = String((user * 7 + seed * 3) % 16, radix: 16)
      return user == 2
        ? nil : "\(String(repeating: digit, count: 8))-0000-4000-8000-00000000000\(seed)"
    }
    func score(_ user: Int) -> Int? {
      user == 4 ? nil : seed == 0 ? 7_913_524 + user * 7 : 5 - user * 1_000_003
    }
    func ratio(_ user: Int) -> Double? {
      user == 6 ? nil : seed == 0 ? Double(user) / 8 : -1_000.5 * Double(user)
    }
    func born(_ user: Int) -> String? {
      user == 1 ? nil : seed == 0 ? "1990-01-\(user + 10)" : "19\(80 - user)-12-31"
    }
    func changes(_ user: Int) -> String? {
      if user == 7 { return nil }
      return seed == 0
        ? "{\"email\": \"ann\(user)@alpha.test\"}" : "[\(user), {\"phone\": \"+49\(user)\"}, null]"
    }
    func comment(_ user: Int) -> String? {
      if user == 8 { return nil }
      return textSeed == 0 ? "alpha comment \(user)" : "words of omega, longer, \(90 - user)"
    }

    /// What no answer may contain.
    var texts: [String] {
      (0..<12).flatMap { [email($0), token($0), score($0).map { String($0) }, born($0)] }
        .compactMap { $0 } + [textSeed == 0 ? "alpha comment" : "words of omega"]
        + (seed == 0 ? [] : ["phone"])
    }

    var names: [String: Int] {
      var names: [String: Int] = [:]
      for user in 0..<12 {
        for (kind, value) in [email(user), token(user), score(user).map { String($0) }].enumerated()
        {
          guard let value, names[value] == nil else { continue }
          names[value] = kind * 100 + user
        }
      }
      return names
    }
  }

  /// Names by place: the same in all worlds, as keyed hashes are for who lacks the key.
  struct Names: PseudonymSource {
    var names: [String: Int]

    func names(organization: String, domain: String) -> @Sendable (String) -> String {
      { [names] in "p_\(organization)_\(domain)_\(names[$0] ?? -1)" }
    }
  }

  static let hiddenColumns = ["email", "token", "score", "ratio", "born", "changes", "comment"]

  /// `foreign` is how many rows the organisation `bolt` has, and what they hold.
  init(seed: Int, textSeed: Int? = nil, foreign: Int = 6) throws {
    secrets = Secrets(seed: seed, textSeed: textSeed ?? seed)
    engine = Engine(threads: 2, history: nil)
    var session = Session()
    session.access = .unrestricted
    func run(_ sql: String) throws { _ = try engine.execute(sql, in: &session) }
    let columns =
      "organization_id text, email text, token uuid, score bigint, ratio double precision, born date, changes json, comment text, country text, n bigint, ts timestamp"
    try run("CREATE TABLE users (id text PRIMARY KEY, \(columns)) PARTITION BY DAY (ts)")
    let own = 0..<6
    let others = 6..<6 + foreign
    func text(_ value: String?) -> String { value.map { "'\($0)'" } ?? "NULL" }
    func number(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "NULL" }
    let rows = (Array(others) + Array(own)).map { user in
      let isOwn = user < 6
      let organization = isOwn ? "'acme'" : user == 11 ? "NULL" : "'bolt'"
      // What expressions over foreign rows would fail on.
      let n = isOwn ? "\(user)" : "\(9_000_000_000_000_000_000 + foreign * 1_000 + user)"
      let country =
        isOwn
        ? ["de", "fr", "it"][user % 3]
        : user < 9 ? ["it", "fr", "de"][(user + foreign) % 3] : "x\(foreign)\(user)"
      return """
        ('u\(user)', \(organization), \(text(secrets.email(user))), \(text(secrets.token(user))),
        \(number(secrets.score(user))), \(number(secrets.ratio(user))), \(text(secrets.born(user))),
        \(text(secrets.changes(user))), \(text(secrets.comment(user))), '\(country)', \(n),
        '2024-01-0\(1 + user % (isOwn ? 3 : 9)) 0\(user % 10):00')
        """
    }
    try run("INSERT INTO users VALUES " + rows.joined(separator: ", "))
    // Sealed segments, as caches and bounds know them.
    try run("CREATE TABLE visits PARTITION BY DAY (ts) AS SELECT * FROM users ORDER BY id")
    try run("CREATE TABLE contacts (email text, number bigint)")
    try run(
      "INSERT INTO contacts VALUES ('ann1@alpha.test', 1), ('z8oe@omega.test', 2), ('no@no.test', 3)"
    )
    for table in ["users", "visits"] {
      try run("SECURITY LABEL ON COLUMN \(table).organization_id IS 'organization'")
      try run("SECURITY LABEL ON COLUMN \(table).id IS 'user'")
      for column in ["email", "token", "score", "ratio", "born", "changes"] {
        try run("SECURITY LABEL ON COLUMN \(table).\(column) IS 'sealed'")
      }
      try run("SECURITY LABEL ON COLUMN \(table).comment IS 'free text'")
    }
    try run("CREATE VIEW people AS SELECT * FROM users")
    try run(
      "CREATE VIEW mails (who, organization_id, mail) AS SELECT id, organization_id, email FROM visits"
    )
  }

  // MARK: - Who asks

  enum Asker: String, CaseIterable, Sendable, CustomStringConvertible {
    case user, manager, admin, organizationAdmin, platformAdminOfAll, platformAdmin, superadmin,
      local

    var description: String { rawValue }
    var readsFreeText: Bool { self == .organizationAdmin }
    /// How much memory a table takes is for who runs the platform, though it depends on all values.
    var seesSizes: Bool {
      switch self {
      case .local, .platformAdmin, .platformAdminOfAll, .superadmin: true
      default: false
      }
    }

    func access(_ names: [String: Int]) throws -> QueryAccess {
      let me = try #require(UserID("u1"))
      let acme = try #require(OrganizationID("acme"))
      func access(
        _ role: Role, _ requested: RequestedOrganizations = .own,
        _ capability: Capability = .runQueries
      ) throws -> QueryAccess {
        try QueryAccess(
          Principal(
            user: me, organizations: [acme], role: role, allowlist: SuperadminAllowlist([me])),
          in: requested, for: capability)
      }
      var result: QueryAccess
      switch self {
      case .user: result = try access(.user, .own, .readOwnRecords)
      case .manager: result = try access(.manager, .own, .readAnalytics)
      case .admin: result = try access(.admin)
      case .organizationAdmin: result = try access(.organizationAdmin)
      case .platformAdminOfAll: result = try access(.platformAdmin, .all)
      case .platformAdmin: result = try access(.platformAdmin)
      case .superadmin: result = try access(.superadmin, .all)
      case .local: result = .local
      }
      result.pseudonyms = Names(names: names)
      return result
    }
  }

  func session(_ asker: Asker) throws -> Session {
    var session = Session()
    session.fixedNow = 1_717_156_800_000
    session.access = try asker.access(secrets.names)
    return session
  }

  // MARK: - What is seen

  /// All that can be observed of statements, but times. Several are separated by `;`.
  func outcome(_ sql: String, _ session: inout Session) -> String {
    var lines: [String] = []
    for statement in sql.split(separator: ";") {
      lines.append(outcome(ofOne: String(statement), &session))
    }
    return lines.joined(separator: "\n---\n")
  }

  private func outcome(ofOne sql: String, _ session: inout Session) -> String {
    do throws(QueryError) {
      let result = try engine.execute(sql, in: &session)
      let statistics = result.statistics
      var text = result.columns.map {
        "\($0.name) \($0.type.sqlName)\($0.isRedacted ? " redacted" : "")"
      }.joined(separator: ", ")
      text += "\n\(result.tag) \(statistics.rowsScanned) \(statistics.segmentsRead)"
      text += " \(statistics.segmentsSkipped) \(statistics.segmentsCached) \(statistics.isWithheld)"
      for row in result.rows {
        text += "\n" + row.map { $0.formatted() }.joined(separator: " | ")
      }
      return sql.contains("ANALYZE") ? text.replacing(Self.times, with: "time") : text
    } catch {
      return
        "error \(error.code) \(error.location as Any): \(error.message) | \(error.hint ?? "")"
    }
  }

  private static var times: Regex<Substring> { /[0-9.]+ (?:ns|µs|ms|s)\b/ }
}
