package import AccessControl
internal import HTTPTypes
package import QueryExecution
internal import QueryLanguage
internal import Synchronization

/// The statements that callers have asked and not yet got, by the names that they have for them. One is
/// here before it has a thread to run on, so that it can be cancelled while it waits.
package final class QueryDirectory: Sendable {
  /// A name is its caller's own: somebody else's of the same text is another one.
  fileprivate struct Key: Hashable {
    var caller: UserID
    var name: String
  }

  private struct State {
    var asked: [Key: CancellationToken] = [:]
    /// By caller, first in, first out.
    var waiting: [UserID: [Waiter]] = [:]
    var lastTicket: UInt64 = 0

    func count(of caller: UserID) -> Int { asked.keys.count { $0.caller == caller } }
  }

  /// Somebody whose statement has no room yet.
  private struct Waiter {
    var ticket: UInt64
    var key: Key
    var token: CancellationToken
    var continuation: CheckedContinuation<Admission, Never>
  }

  /// What became of somebody who came to the line.
  private enum Admission {
    case admitted
    /// So many were there already.
    case full(Int)
    /// Nothing ended in time.
    case late
    /// The caller is not there any more.
    case gone
  }

  /// How many of one caller's wait in line at most.
  package static let largestWaitingCount = 32

  private let state = Mutex(State())

  package init() {}

  package var count: Int { state.withLock { $0.asked.count } }

  /// Those that wait in line.
  package var waitingCount: Int {
    state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } }
  }

  /// Fails where the caller has a statement of this name already, or too many.
  package func admit(
    _ name: String, of caller: UserID, timeout: Duration, largestConcurrency: Int
  ) throws(Problem) -> AdmittedQuery {
    let key = Key(caller: caller, name: name)
    let token = CancellationToken(timeout: timeout)
    let problem = state.withLock { state -> Problem? in
      if state.asked[key] != nil {
        return Problem(
          .conflict, "query_id_taken", "Query id taken",
          "a query of yours with the id '\(name)' is running",
          errors: [.init("query_id", "taken", "must be one that no running query of yours has")])
      }
      let count = state.count(of: caller)
      guard count < largestConcurrency else { return Self.tooMany(count) }
      state.asked[key] = token
      return nil
    }
    if let problem { throw problem }
    return AdmittedQuery(key, token, self)
  }

  private static func tooMany(_ count: Int) -> Problem {
    refusal(
      count == 1
        ? "a query of yours is running, and that is the limit"
        : "\(count) queries of yours are running, and that is the limit",
      hint: "wait for one to end, or cancel one: DELETE /api/query/{id}")
  }

  private static func refusal(_ detail: String, hint: String) -> Problem {
    var problem = Problem(
      .tooManyRequests, "too_many_queries", "Too many queries", detail, hint: hint)
    problem.retryAfter = 1
    return problem
  }

  // MARK: - In line

  /// The same for what a page asks: where the caller has too many, it waits in line for one to end, for as
  /// long as `patience`, and is refused only then, or where the line is long. Who closes the connection leaves the
  /// line. `name` must be new.
  package func admitInLine(
    _ name: String, of caller: UserID, timeout: Duration, largestConcurrency: Int,
    on connection: ConnectionWatch, patience: Duration = .seconds(5)
  ) async throws(Problem) -> AdmittedQuery {
    let key = Key(caller: caller, name: name)
    let token = CancellationToken(timeout: timeout)
    let ticket = state.withLock { state -> UInt64 in
      state.lastTicket += 1
      return state.lastTicket
    }
    let admission = await connection.following(
      whenClosed: { self.leave(ticket, of: caller, as: .gone) },
      {
        await withCheckedContinuation { continuation in
          let answer = state.withLock { state -> Admission? in
            let line = state.waiting[caller] ?? []
            if line.isEmpty, state.count(of: caller) < largestConcurrency {
              state.asked[key] = token
              return .admitted
            }
            guard line.count < Self.largestWaitingCount else { return .full(line.count) }
            state.waiting[caller] =
              line + [Waiter(ticket: ticket, key: key, token: token, continuation: continuation)]
            return nil
          }
          if let answer { return continuation.resume(returning: answer) }
          // Who went before he stood in line was not found there.
          if connection.isClosed || Task.isCancelled { leave(ticket, of: caller, as: .gone) }
          Task {
            try? await Task.sleep(for: patience)
            leave(ticket, of: caller, as: .late)
          }
        }
      })
    switch admission {
    case .admitted: return AdmittedQuery(key, token, self)
    case .late: throw Self.tooMany(largestConcurrency)
    case .full(let count):
      throw Self.refusal(
        "\(count) requests of yours wait for a query of yours to end, and no more may",
        hint: "ask again when some have been answered")
    case .gone:
      throw Problem(QueryError(.queryCancelled, "the caller has closed the connection"), in: "")
    }
  }

  private func leave(_ ticket: UInt64, of caller: UserID, as admission: Admission) {
    let waiter = state.withLock { state -> Waiter? in
      guard let place = state.waiting[caller]?.firstIndex(where: { $0.ticket == ticket }) else {
        return nil
      }
      let waiter = state.waiting[caller]?.remove(at: place)
      if state.waiting[caller]?.isEmpty == true { state.waiting[caller] = nil }
      return waiter
    }
    waiter?.continuation.resume(returning: admission)
  }

  /// Who waits longest takes the place before anybody else sees that it is free.
  private static func next(of caller: UserID, _ state: inout State) -> Waiter? {
    guard var line = state.waiting[caller], !line.isEmpty else { return nil }
    let waiter = line.removeFirst()
    state.waiting[caller] = line.isEmpty ? nil : line
    state.asked[waiter.key] = waiter.token
    return waiter
  }

  /// Stops the caller's own statement of this name, or with `ofAnybody` everybody's. Whether there was one.
  package func cancel(_ name: String, of caller: UserID, ofAnybody: Bool) -> Bool {
    let tokens = state.withLock { state -> [CancellationToken] in
      let asked = state.asked
      if let own = asked[Key(caller: caller, name: name)] { return [own] }
      return ofAnybody ? asked.filter { $0.key.name == name }.map(\.value) : []
    }
    for token in tokens { token.cancel() }
    return !tokens.isEmpty
  }

  fileprivate func remove(_ key: Key) {
    let waiter = state.withLock { state -> Waiter? in
      state.asked[key] = nil
      return Self.next(of: key.caller, &state)
    }
    waiter?.continuation.resume(returning: .admitted)
  }
}

/// A statement that is in the directory for as long as somebody holds this.
package final class AdmittedQuery: Sendable {
  package let cancellation: CancellationToken
  private let key: QueryDirectory.Key
  private let directory: QueryDirectory

  fileprivate init(
    _ key: QueryDirectory.Key, _ cancellation: CancellationToken, _ directory: QueryDirectory
  ) {
    self.key = key
    self.cancellation = cancellation
    self.directory = directory
  }

  deinit { directory.remove(key) }

  package var name: String { key.name }
}
