public import AccessControl

/// What a body is about: one kind per request.
public enum IntakeKind: String, CaseIterable, Sendable, Hashable {
  case event
  case tokenUsage = "token_usage"
  case request
  case login
  case heartbeat
  case logout
  case feedback
  case threat
  case user
  case resource

  /// What an emitter's key must allow.
  public var recordKind: RecordKind {
    switch self {
    case .event: .event
    case .tokenUsage: .tokenUsage
    case .request: .request
    case .login, .heartbeat, .logout: .session
    case .feedback: .feedback
    case .threat: .threat
    case .user: .user
    case .resource: .resource
    }
  }

  var isSession: Bool { recordKind == .session }
  /// Known by its content, and replaced by the next one with the same key.
  var isProfile: Bool { self == .user || self == .resource }
}
