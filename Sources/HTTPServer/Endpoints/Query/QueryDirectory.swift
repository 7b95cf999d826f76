package import AccessControl
internal import HTTPTypes
package import QueryExecution
internal import Synchronization

/// The statements that callers have asked and not yet got, by the names that they have for them. One is
/// here before it has a thread to run on, so that it can be cancelled while it waits.
package final class QueryDirectory: Sendable {
  /// A name is its caller's own: somebody else's of the same text is another one.
  fileprivate struct Key: Hashable {
    var caller: UserID
    var name: String
  }

  private let asked = Mutex<[Key: CancellationToken]>([:])

  package init() {}

  package var count: Int { asked.withLock { $0.count } }

  /// Fails where the caller has a statement of this name already, or too many.
  package func admit(
    _ name: String, of caller: UserID, timeout: Duration, largestConcurrency: Int
  ) throws(Problem) -> AdmittedQuery {
    let key = Key(caller: caller, name: name)
    let token = CancellationToken(timeout: timeout)
    let problem = asked.withLock { asked -> Problem? in
      if asked[key] != nil {
        return Problem(
          .conflict, "query_id_taken", "Query id taken",
          "a query of yours with the id '\(name)' is running",
          errors: [.init("query_id", "taken", "must be one that no running query of yours has")])
      }
      let count = asked.keys.count { $0.caller == caller }
      guard count < largestConcurrency else {
        var problem = Problem(
          .tooManyRequests, "too_many_queries", "Too many queries",
          "\(count) queries of yours are running, and that is the limit",
          hint: "wait for one to end, or cancel one: DELETE /api/query/{id}")
        problem.retryAfter = 1
        return problem
      }
      asked[key] = token
      return nil
    }
    if let problem { throw problem }
    return AdmittedQuery(key, token, self)
  }

  /// Stops the caller's own statement of this name, or with `ofAnybody` everybody's. Whether there was one.
  package func cancel(_ name: String, of caller: UserID, ofAnybody: Bool) -> Bool {
    let tokens = asked.withLock { asked -> [CancellationToken] in
      if let own = asked[Key(caller: caller, name: name)] { return [own] }
      return ofAnybody ? asked.filter { $0.key.name == name }.map(\.value) : []
    }
    for token in tokens { token.cancel() }
    return !tokens.isEmpty
  }

  fileprivate func remove(_ key: Key) { asked.withLock { $0[key] = nil } }
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
