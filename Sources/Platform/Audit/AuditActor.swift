public import AccessControl

/// Who did something, as he was then: later changes of his address or role change nothing.
public struct AuditActor: Sendable, Hashable {
  public var user: UserID
  public var email: String?
  public var role: String

  public init(user: UserID, email: String? = nil, role: String) {
    self.user = user
    self.email = email
    self.role = role
  }

  public init(_ principal: Principal) {
    self.init(user: principal.user, role: principal.role.rawValue)
  }

  /// Daybook itself: what it does on schedule.
  public static let service = AuditActor(named: "daybook", role: "service")
  /// Whoever may run commands on the data folder.
  public static let commandLine = AuditActor(named: "command line", role: "operator")

  private init(named name: String, role: String) {
    guard let user = UserID(name) else { preconditionFailure("a constant that is no name") }
    self.init(user: user, role: role)
  }
}
