import AccessControl
import ArgumentParser
import ColumnStore
import Engine
import HTTPServer
import QueryPlanning

/// What hides, and what opens, labelled columns.
struct RevealOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show columns labelled 'sealed' or 'free text' for this command, and say why.",
      valueName: "reason"))
  var reveal: String?

  func validate() throws {
    if let reveal, RevealReason(reveal) == nil {
      throw ValidationError("--reveal takes a reason: \(RevealReason.allowed)")
    }
  }

  /// Of who holds the folder.
  func access() throws -> QueryAccess {
    var access = QueryAccess.local
    access.pseudonyms = try Pseudonyms.ofProcess()
    if let reveal {
      access.reveal = Reveal(
        columns: .all, organizations: .all, recorder: RevealNote(reason: reveal))
    }
    return access
  }
}

/// Tells on standard error what is revealed.
private struct RevealNote: RevealRecorder {
  var reason: String

  func willOpen(_ columns: [LabelledColumn]) {
    let names = columns.map(\.description).joined(separator: ", ")
    StandardError.write("note: reveals \(names) (\(reason))\n")
  }

  func didOpen(_ columns: [LabelledColumn], rowCount: Int) {}
}

/// As whom statements are run.
struct AccessOptions: ParsableArguments {
  @OptionGroup var revealing: RevealOptions

  @Option(
    help: ArgumentHelp(
      """
      Run it with what this role may read, to see what is hidden from it, read-only: user, manager, admin, org_admin, \
      platform_admin, superadmin. Over HTTP a user and a manager may run no SQL at all.
      """, valueName: "role"))
  var asRole: String?

  private var role: Role? { asRole.flatMap { Role(rawValue: $0) } }

  @Option(
    name: .customLong("organization"),
    help: ArgumentHelp(
      "With --as-role: an organisation of the person. May be repeated; platform admins see all without.",
      valueName: "name"))
  var organizations: [String] = []

  @Option(
    help: ArgumentHelp("With --as-role: who it is (default: nobody).", valueName: "id"))
  var asUser: String?

  func validate() throws {
    guard let role else {
      if let asRole {
        let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--as-role is '\(asRole)': roles are \(roles)")
      }
      if !organizations.isEmpty || asUser != nil {
        throw ValidationError("--organization and --as-user go with --as-role")
      }
      return
    }
    if revealing.reveal != nil {
      throw ValidationError("--reveal is for who holds the folder: leave out --as-role")
    }
    if let name = organizations.first(where: { OrganizationID($0) == nil }) {
      throw ValidationError("--organization is '\(name)': it takes \(Identifier.allowed)")
    }
    if let asUser, UserID(asUser) == nil {
      throw ValidationError("--as-user is '\(asUser)': it takes \(Identifier.allowed)")
    }
    if role == .user, asUser == nil {
      throw ValidationError("a user sees his own rows: say who it is with --as-user")
    }
    if organizations.isEmpty, role != .platformAdmin, role != .superadmin {
      throw ValidationError("say whose rows: --organization")
    }
  }

  /// Warns of organisations that no row is of: whose name is misspelt sees nothing, and that looks like an answer.
  func warnOfStrangers(in store: Store) {
    let tables = store.catalog().tables.values.compactMap { table in
      table.schema.column(labelled: .organization).map { (table, table.schema.columns[$0].name) }
    }
    guard role != nil, !tables.isEmpty else { return }
    let engine = Engine(store: store)
    for organization in organizations {
      let isKnown = tables.contains { table, column in
        var session = Session()
        session.access = .unrestricted
        let rows = try? engine.execute(
          "SELECT 1 FROM \(MetaCommand.quoted(table.schema.name)) WHERE \(MetaCommand.quoted(column)) = $1 LIMIT 1",
          parameters: [.text(organization)], in: &session
        ).rows
        // What cannot be asked is no reason to warn.
        return rows?.isEmpty != true
      }
      if !isKnown {
        StandardError.write("warning: no row is of the organisation '\(organization)'\n")
      }
    }
  }

  func access() throws -> QueryAccess {
    guard let role else { return try revealing.access() }
    guard let user = UserID(asUser ?? "nobody") else { return .local }
    let principal = try Principal(
      user: user, organizations: Set(organizations.compactMap { OrganizationID($0) }), role: role,
      allowlist: SuperadminAllowlist([user]))
    var access = try QueryAccess(
      principal, in: organizations.isEmpty ? .all : .own,
      for: role == .user ? .readOwnRecords : role == .manager ? .readAnalytics : .runQueries)
    access.pseudonyms = try Pseudonyms.ofProcess()
    return access
  }
}
