/// What each role may do: the one place that says it. What is not in the table is denied.
public struct AccessTable: Sendable {
  public struct Entry: Sendable, Equatable {
    public var role: Role
    public var capability: Capability
    public var reach: Reach
  }

  public let entries: [Entry]
  private let reaches: [Role: [Capability: Reach]]

  public init(_ entries: [Entry]) {
    self.entries = entries
    reaches = entries.reduce(into: [:]) { table, entry in
      precondition(table[entry.role]?[entry.capability] == nil, "two entries for one cell")
      table[entry.role, default: [:]][entry.capability] = entry.reach
    }
  }

  public func reach(of role: Role, for capability: Capability) -> Reach {
    reaches[role]?[capability] ?? .nothing
  }

  public static let standard = AccessTable(
    row(.user, [.readOwnRecords: .oneself])
      + row(
        .manager,
        [
          .readOwnRecords: .oneself, .readAnalytics: .ownOrganizations,
          .readAuditLog: .ownOrganizations,
        ])
      + row(
        .admin,
        [
          .readOwnRecords: .oneself, .readAnalytics: .ownOrganizations,
          .readAuditLog: .ownOrganizations, .runQueries: .ownOrganizations,
          .handleThreats: .ownOrganizations,
        ])
      + row(
        .organizationAdmin,
        [
          .readOwnRecords: .oneself, .readAnalytics: .ownOrganizations,
          .readAuditLog: .ownOrganizations, .readFreeText: .ownOrganizations,
          .runQueries: .ownOrganizations, .handleDeadLetters: .ownOrganizations,
          .handleThreats: .ownOrganizations, .manageEmitterKeys: .ownOrganizations,
        ])
      // Free text stays with the organisation that wrote it: the platform's admins see none.
      + row(
        .platformAdmin,
        [
          .readOwnRecords: .oneself, .readAnalytics: .everything, .readAuditLog: .everything,
          .runQueries: .everything, .handleDeadLetters: .everything,
          .handleThreats: .everything,
          .manageEmitterKeys: .everything, .operate: .everything,
        ])
      + row(
        .superadmin,
        [
          .readOwnRecords: .oneself, .readAnalytics: .everything, .readAuditLog: .everything,
          .runQueries: .everything, .handleDeadLetters: .everything,
          .handleThreats: .everything,
          .manageEmitterKeys: .everything, .operate: .everything, .reveal: .everything,
        ]))

  private static func row(_ role: Role, _ reaches: [Capability: Reach]) -> [Entry] {
    Capability.allCases.compactMap { capability in
      reaches[capability].map { Entry(role: role, capability: capability, reach: $0) }
    }
  }
}

extension AccessTable {
  /// The table as Markdown, as `Documentation/access.md` shows it.
  public var markdown: String {
    var text = "| may | " + Role.allCases.map(\.rawValue).joined(separator: " | ") + " |\n"
    text += "|---|" + Role.allCases.map { _ in "---|" }.joined() + "\n"
    for capability in Capability.allCases {
      let cells = Role.allCases.map { reach(of: $0, for: capability).title }
      text += "| \(capability.title) | \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }
}
