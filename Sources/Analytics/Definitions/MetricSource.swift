/// A table that metrics are about.
public enum MetricSource: String, CaseIterable, Sendable {
  case events
  case sessions
  case feedback
  case threats
  case resources
  case users

  /// The column that says when a row happened; `nil`: rows say what there is now.
  public var timeColumn: String? {
    switch self {
    case .events, .feedback, .threats: "ts"
    case .sessions: "login_at"
    case .resources, .users: nil
    }
  }
}
