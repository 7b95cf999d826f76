internal import NIOCore
package import QueryExecution
internal import Synchronization

/// Knows whether anybody is still there to take the answer to a request of one connection.
///
/// A connection has one request at a time, so there is one thing to cancel.
package final class ConnectionWatch: Sendable {
  private struct State {
    var isClosed = false
    var token: CancellationToken?
    var whenClosed: (@Sendable () -> Void)?
    var channel: (any Channel)?
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

  /// The caller has gone.
  package var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Runs `body`; meanwhile the end of the connection, or of the task, calls `action`.
  package func following<Value: Sendable>(
    whenClosed action: @escaping @Sendable () -> Void, _ body: () async throws -> Value
  ) async rethrows -> Value {
    let isClosed = state.withLock { state in
      state.whenClosed = action
      return state.isClosed
    }
    if isClosed { action() }
    defer { state.withLock { $0.whenClosed = nil } }
    return try await withTaskCancellationHandler {
      try await body()
    } onCancel: {
      action()
    }
  }

  /// Has the operating system keep little of what the caller did not read yet, so that what he reads is new,
  /// and who does not read is noticed.
  package func keepLittleUnread() {
    let channel = state.withLock { $0.channel }
    // Doubled by Linux. Where it cannot be set, all works as before, but later.
    channel?.setOption(.socketOption(.so_sndbuf), value: 16_384).whenFailure { _ in }
  }

  func attach(_ channel: any Channel) { state.withLock { $0.channel = channel } }

  /// The caller has closed the connection, or the half that he sends on: who does that no longer waits.
  package func close() {
    let (token, action) = state.withLock { state in
      state.isClosed = true
      state.channel = nil
      return (state.token, state.whenClosed)
    }
    token?.cancel()
    action?()
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
