public import ColumnStore

/// A person, as administrators see one: what is known, and what was done over a range.
public struct Person: Sendable {
  public var id: String
  public var organization: String?
  /// Columns of `users`, by name, hidden ones as their mask; empty where nobody has said anything of the
  /// person.
  public var attributes: [String: Value] = [:]
  /// The last activity that is kept, in the range or before it.
  public var lastActiveAt: Int64?
  /// Over the range, as the metrics of the catalogue count.
  public var activities: Int64 = 0
  public var generations: Int64 = 0
  public var sessions: Int64 = 0
  /// `nil`: nothing has tokens, or a cost. The cost is that of use: storage is not in it.
  public var tokens: Int64?
  public var cost: Double?

  /// What is shown of `users`.
  public static let attributeNames = [
    "role", "status", "domain", "plan", "country", "email", "signed_up_at",
  ]

  init(id: String) { self.id = id }
}

/// What people are listed by, the most first.
public enum PersonOrder: String, CaseIterable, Sendable {
  case lastActive = "last_active"
  case events
  case tokens
  case cost

  public static let names = allCases.map(\.rawValue)

  /// The metric that it is about.
  var metric: String? {
    switch self {
    case .lastActive: nil
    case .events: "activities"
    case .tokens: "total_tokens"
    case .cost: "usage_cost"
    }
  }
}

public struct PeoplePage: Sendable {
  public var people: [Person]
  public var total: Int64
}
