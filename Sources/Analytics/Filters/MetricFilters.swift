public import ColumnStore

/// What a question is restricted to. Several values of one kind are alternatives; several kinds must all
/// hold. An empty list restricts nothing.
///
/// Attributes of people are those that they have now, also for events of long ago.
public struct MetricFilters: Sendable, Equatable {
  public var roles: [String] = []
  public var statuses: [String] = []
  /// Of mail addresses: the part after the @.
  public var domains: [String] = []
  /// Whether people had a generation within a week of signing up; people whose signup is not known are
  /// neither.
  public var isActivated: Bool?
  public var eventTypes: [String] = []
  public var categories: [String] = []
  public var users: [String] = []
  public var organizations: [String] = []
  public var models: [String] = []
  public var courses: [String] = []
  public var resourceTypes: [String] = []
  public var resources: [String] = []

  public init() {}

  public static let largestValueCount = 50

  public var isEmpty: Bool { self == MetricFilters() }
}

/// What was asked for, as the parameter is called, and its values.
public typealias AppliedFilter = (name: String, values: [String])

/// Conditions of SQL with the values of their parameters.
public struct FilterConditions: Sendable, Equatable {
  /// Each begins with ` AND `; empty where nothing is restricted.
  public var sql = ""
  public var arguments: [String: Value] = [:]
}

/// A filter that rows of a source know nothing of.
public struct InapplicableFilter: Error, Equatable, Sendable {
  /// As the parameter is called: `event_type`.
  public var name: String
}

extension MetricFilters {
  /// Lists by the parameter's name.
  public var lists: [(name: String, column: String, values: [String])] {
    [
      ("event_type", "event_type", eventTypes), ("category", "category", categories),
      ("user_id", "user_id", users), ("organization", "organization_id", organizations),
      ("model", "model", models), ("course_id", "course_id", courses),
      ("resource_type", "resource_type", resourceTypes),
      ("resource_id", "resource_id", resources),
    ]
  }

  private var attributes: [(name: String, column: String, values: [String])] {
    [("role", "role", roles), ("status", "status", statuses), ("domain", "domain", domains)]
  }

  /// What keeps rows of a source to the filters.
  public func conditions(
    for source: MetricSource
  ) throws(InapplicableFilter) -> FilterConditions {
    var conditions = FilterConditions()
    for (name, column, values) in lists where !values.isEmpty {
      guard source.columns.contains(column) else { throw InapplicableFilter(name: name) }
      conditions.sql += " AND " + conditions.membership(column, values)
    }
    let people = attributes.filter { !$0.values.isEmpty }.map { attribute in
      conditions.membership(attribute.column, attribute.values)
    }
    if source == .users {
      for condition in people { conditions.sql += " AND \(condition)" }
    } else if !people.isEmpty {
      conditions.sql +=
        " AND user_id IN (SELECT user_id FROM users WHERE " + people.joined(separator: " AND ")
        + ")"
    }
    if let isActivated { conditions.sql += Self.activation(isActivated) }
    return conditions
  }

  /// Signups and generations of all times, not of the window alone.
  private static func activation(_ isActivated: Bool) -> String {
    let isSignup = "event_type = 'signup' AND user_id IS NOT NULL"
    let activated = """
      SELECT generations.user_id FROM (
        SELECT user_id, min(ts) AS signed_up_at FROM events WHERE \(isSignup) GROUP BY user_id) AS signups
      JOIN events AS generations ON generations.user_id = signups.user_id
      WHERE generations.\(EventRules.generated) AND generations.ts >= signed_up_at
        AND generations.ts < signed_up_at + INTERVAL '\(EventRules.activationDays * 24) hours'
      """
    guard !isActivated else { return " AND user_id IN (\(activated))" }
    return
      " AND user_id IN (SELECT user_id FROM events WHERE \(isSignup)) AND user_id NOT IN (\(activated))"
  }

  /// What was asked for, for receipts: names and values.
  public var applied: [AppliedFilter] {
    var all = (attributes + lists).filter { !$0.values.isEmpty }.map { ($0.name, $0.values) }
    if let isActivated { all.append(("activated", [isActivated ? "true" : "false"])) }
    return all
  }
}

extension FilterConditions {
  fileprivate mutating func membership(_ column: String, _ values: [String]) -> String {
    let names = values.enumerated().map { index, value in
      let name = "\(column)_\(index + 1)"
      arguments[name] = .text(value)
      return ":\(name)"
    }
    return names.count == 1
      ? "\(column) = \(names[0])" : "\(column) IN (\(names.joined(separator: ", ")))"
  }
}

extension MetricSource {
  /// The columns that filters may restrict.
  var columns: Set<String> {
    switch self {
    case .events:
      [
        "event_type", "category", "user_id", "organization_id", "model", "course_id",
        "resource_type", "resource_id",
      ]
    case .sessions, .threats, .users: ["user_id", "organization_id"]
    case .feedback: ["user_id", "organization_id", "model"]
    case .resources: ["user_id", "organization_id", "resource_type", "resource_id"]
    }
  }
}
