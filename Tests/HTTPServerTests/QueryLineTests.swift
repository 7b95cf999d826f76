import AccessControl
import HTTPServer
import Testing

@Suite struct `Requests of a page beyond what one person may run at once` {
  private let ann = UserID("ann")
  private let ben = UserID("ben")

  private func admit(
    _ name: String, of user: UserID?, to directory: QueryDirectory,
    on connection: ConnectionWatch = ConnectionWatch(), patience: Duration = .seconds(600)
  ) async throws -> AdmittedQuery {
    try await directory.admitInLine(
      name, of: try #require(user), timeout: .seconds(60), largestConcurrency: 2,
      on: connection, patience: patience)
  }

  @Test func `wait in line, and come in the order in which they came`() async throws {
    let directory = QueryDirectory()
    var running = [
      try await admit("a", of: ann, to: directory), try await admit("b", of: ann, to: directory),
    ]
    async let third = admit("c", of: ann, to: directory)
    while directory.waitingCount < 1 { await Task.yield() }
    async let fourth = admit("d", of: ann, to: directory)
    while directory.waitingCount < 2 { await Task.yield() }
    // Others are not held up.
    #expect(try await admit("e", of: ben, to: directory).name == "e")
    running.removeFirst()
    running.append(try await third)
    #expect(directory.waitingCount == 1)
    #expect(running.map(\.name) == ["b", "c"])
    running.removeAll()
    #expect(try await fourth.name == "d")
    #expect(directory.waitingCount == 0)
  }

  @Test func `are refused when nothing ends, and when the line is long`() async throws {
    let directory = QueryDirectory()
    let running = [
      try await admit("a", of: ann, to: directory), try await admit("b", of: ann, to: directory),
    ]
    let late = await #expect(throws: Problem.self) {
      try await admit("c", of: ann, to: directory, patience: .milliseconds(1))
    }
    #expect(late?.code == "too_many_queries" && late?.retryAfter == 1)
    #expect(directory.waitingCount == 0)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<QueryDirectory.largestWaitingCount {
        group.addTask { _ = try? await admit("w\(number)", of: ann, to: directory) }
      }
      while directory.waitingCount < QueryDirectory.largestWaitingCount { await Task.yield() }
      let full = await #expect(throws: Problem.self) {
        try await admit("x", of: ann, to: directory)
      }
      #expect(full?.code == "too_many_queries" && full?.retryAfter == 1)
      #expect(full?.detail.hasPrefix("32 requests of yours wait") == true)
      // Whoever goes away leaves the line.
      group.cancelAll()
    }
    #expect(directory.waitingCount == 0)
    #expect(directory.count == running.count)
  }

  @Test(.timeLimit(.minutes(20)))
  func `leave the line when the caller hangs up, before it or in it`() async throws {
    let directory = QueryDirectory()
    let running = [
      try await admit("a", of: ann, to: directory), try await admit("b", of: ann, to: directory),
    ]
    let connection = ConnectionWatch()
    let late = Task { try await admit("c", of: ann, to: directory, on: connection) }
    while directory.waitingCount < 1 { await Task.yield() }
    connection.close()
    let gone = await #expect(throws: Problem.self) { try await late.value }
    #expect(gone?.code == "query_cancelled")
    #expect(directory.waitingCount == 0)
    await #expect(throws: Problem.self) {
      try await admit("d", of: ann, to: directory, on: connection)
    }
    #expect(directory.waitingCount == 0 && directory.count == running.count)
  }
}
