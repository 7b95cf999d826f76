package import QueryExecution
internal import Synchronization

/// Knows whether anybody is still there to take the answer to a request of one connection.
///
/// A connection has one request at a time, so there is one thing to cancel.
package final class ConnectionWatch: Sendable {
  private struct State {
    var isClosed = false
    var token: CancellationToken?
  }

  private let state = Mutex(State())

  package init() {}

  /// Runs `body`; meanwhile the end of the connection cancels `token`, and so does the end of the task.
  package func cancelling<Value: Sendable>(
    _ token: CancellationToken, _ body: () async throws -> Value
  ) async throws -> Value {
    let isClosed = state.withLock { state in
      state.token = token
      return state.isClosed
    }
    if isClosed { token.cancel() }
    defer { state.withLock { $0.token = nil } }
    return try await withTaskCancellationHandler {
      try await body()
    } onCancel: {
      token.cancel()
    }
  }

  /// The caller has closed the connection, or the half that he sends on: who does that no longer waits.
  func close() {
    state.withLock { state in
      state.isClosed = true
      return state.token
    }?.cancel()
  }
}

/// The open connections.
package final class ConnectionDirectory: Sendable {
  private let open = Mutex<[ObjectIdentifier: ConnectionWatch]>([:])

  package init() {}

  func add(_ watch: ConnectionWatch, for channel: AnyObject) {
    open.withLock { $0[ObjectIdentifier(channel)] = watch }
  }

  func remove(_ channel: AnyObject) { open.withLock { $0[ObjectIdentifier(channel)] = nil } }

  func watch(of channel: AnyObject) -> ConnectionWatch? {
    open.withLock { $0[ObjectIdentifier(channel)] }
  }
}
