internal import AccessControl
internal import Synchronization

/// The sessions that are open.
final class SessionBook: Sendable {
  struct OpenSession: Equatable, Sendable {
    var organization: OrganizationID
    var user: UserID
    var state: SessionState
    /// The quarter of an hour of the last heartbeat that became an event.
    var quarter: Int64
  }

  private let open = Mutex<[ExactText: OpenSession]>([:])

  subscript(id: ExactText) -> OpenSession? { open.withLock { $0[id] } }

  var count: Int { open.withLock { $0.count } }

  /// Those that ended are forgotten, and those that are gone.
  func update(_ changed: [ExactText: OpenSession], gone: Set<ExactText> = []) {
    open.withLock { open in
      for (id, session) in changed { open[id] = session.state.end == nil ? session : nil }
      for id in gone { open[id] = nil }
    }
  }

  func forget(user: UserID) {
    open.withLock { open in open = open.filter { $0.value.user != user } }
  }

  /// Those of which nothing was heard for too long.
  func silent(at now: Int64) -> [ExactText: OpenSession] {
    open.withLock { open in
      open.filter { now &- $0.value.state.lastActivity >= SessionState.longestInactivity }
    }
  }
}
