internal import ColumnStore
internal import Engine
public import QueryLanguage

/// What there is to choose from: the values that filters may have, as far as the caller sees them.
public struct SegmentList: Sendable, Equatable {
  public struct Group: Sendable, Equatable {
    public var name: String
    /// How many of `users`.
    public var people: Int64

    public init(name: String, people: Int64) {
      self.name = name
      self.people = people
    }
  }

  public var roles: [String] = []
  public var statuses: [String] = []
  public var domains: [Group] = []
  public var organizations: [Group] = []
  public var models: [String] = []
  public var eventTypes: [String] = []

  /// The largest groups: who has more of them searches.
  public static let largestCount = 500
}

extension MetricEvaluator {
  /// Which of some words a column of events has, in rows of all times that the caller sees; all of them, where
  /// there is no such column.
  public mutating func present(
    _ words: [String], in column: String
  ) throws(QueryError) -> Set<String> {
    guard context.tables[.events]?[column] != nil else { return Set(words) }
    let (names, arguments) = Self.list(words)
    let found = try rows(
      "SELECT DISTINCT \(column) AS word FROM events WHERE \(column) IN \(names)", arguments)
    return Set(found.compactMap { $0.first?.name })
  }

  /// Of all that is kept, whatever the range.
  public mutating func segments() throws(QueryError) -> SegmentList {
    func values(_ kind: String, _ column: String, _ table: String) -> String {
      """
      (SELECT '\(kind)' AS kind, \(column) AS name, count(*) AS people FROM \(table)
      WHERE \(column) IS NOT NULL GROUP BY \(column) ORDER BY 3 DESC, 2
      LIMIT \(SegmentList.largestCount))
      """
    }
    let found = try rows(
      [
        values("role", "role", "users"), values("status", "status", "users"),
        values("domain", "domain", "users"),
        values("organization", "organization_id", "users"),
        values("active_organization", "organization_id", "events"),
        values("model", "model", "events"), values("event_type", "event_type", "events"),
      ].joined(separator: "\nUNION ALL\n"))
    var list = SegmentList()
    var known: Set<String> = []
    for row in found where row.count == 3 {
      guard let name = row[1].name else { continue }
      let group = SegmentList.Group(name: name, people: row[2].count)
      switch row[0].name {
      case "role": list.roles.append(name)
      case "status": list.statuses.append(name)
      case "domain": list.domains.append(group)
      case "organization":
        list.organizations.append(group)
        known.insert(name)
      case "active_organization":
        // Whose people nobody has told of.
        if known.insert(name).inserted { list.organizations.append(.init(name: name, people: 0)) }
      case "model": list.models.append(name)
      case "event_type": list.eventTypes.append(name)
      default: continue
      }
    }
    return list
  }
}
