public import AccessControl
internal import ColumnStore

/// A session, as whoever sends its messages may see it.
public struct SessionSummary: Equatable, Sendable {
  public enum State: String, CaseIterable, Sendable {
    case open
    case loggedOut = "logged_out"
    /// It ended by itself: nothing was heard of it for 30 minutes.
    case inactive
  }

  public var id: String
  public var organization: OrganizationID
  public var user: String
  public var state: State
  /// The login, and the last of which something was heard.
  public var login: UnixTime
  public var lastActivity: UnixTime
  /// Both add up to the time from the login to the last activity.
  public var activeSeconds: Int64
  public var idleSeconds: Int64

  init(_ id: ExactText, _ session: SessionBook.OpenSession) {
    self.id = id.text
    organization = session.organization
    user = session.user.text
    state =
      switch session.state.end {
      case nil: .open
      case .logout: .loggedOut
      case .inactivity: .inactive
      }
    login = UnixTime(milliseconds: session.state.login)
    lastActivity = UnixTime(milliseconds: session.state.lastActivity)
    activeSeconds = session.state.seconds.active
    idleSeconds = session.state.seconds.idle
  }

  /// Of the row of one that has ended.
  init?(
    _ id: String, _ organization: OrganizationID, _ user: String, _ row: [Value],
    _ schema: TableSchema
  ) {
    func value(_ name: String) -> Value? { schema.columnIndex(name).map { row[$0] } }
    guard let login = value("login_at")?.whole, let last = value("last_activity_at")?.whole else {
      return nil
    }
    self.id = id
    self.organization = organization
    self.user = user
    let isOpen = value("is_active")?.flag ?? false
    state = isOpen ? .open : value("logout_at")?.whole == nil ? .inactive : .loggedOut
    self.login = UnixTime(milliseconds: login)
    lastActivity = UnixTime(milliseconds: last)
    activeSeconds = value("active_seconds")?.whole ?? 0
    idleSeconds = value("idle_seconds")?.whole ?? 0
  }
}
