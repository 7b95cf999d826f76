import DaybookClient
import DaybookHummingbird
import Hummingbird
import HummingbirdTesting
import Testing

/// The smoke test that a host runs before and after it takes Daybook in, and with Daybook gone.
@Suite(.timeLimit(.minutes(20))) struct `A host application` {
  /// What somebody who uses it sees: status, headers and bodies of a script of requests.
  private struct Seen: Equatable {
    var answers: [String] = []
    var dump = ""
  }

  private static let script: [(HTTPRequest.Method, String, String?)] = [
    (.get, "/api/gallery?limit=5", nil),
    (.get, "/api/video?limit=5", nil),
    (.post, "/api/content", "a cat"),
    (.get, "/api/gallery?limit=5", nil),
    (.get, "/gallery", nil),
    (.get, "/api/gallery?limit=0", nil),
    (.get, "/api/no-such-thing", nil),
    (.post, "/api/gallery", nil),
  ]

  /// Runs the script several times over a host of its own, on a real port.
  private func use(
    _ client: DaybookClient?, _ between: @escaping @Sendable (Int) async throws -> Void = { _ in }
  ) async throws -> Seen {
    let host = HostApplication()
    var application = Application(
      router: host.router(client), configuration: .init(address: .hostname("127.0.0.1", port: 0)))
    if let client { application.addServices(DaybookDelivery(client)) }
    let answers = try await application.test(.live) { caller in
      var answers: [String] = []
      for round in 0..<6 {
        try await between(round)
        for (method, path, body) in Self.script {
          try await caller.execute(
            uri: path, method: method, body: body.map { ByteBuffer(string: $0) }
          ) { answer in
            // The time of day differs.
            let headers = answer.headers.filter { $0.name != .date }
              .map { "\($0.name): \($0.value)" }.sorted()
            answers.append(
              "\(method) \(path) \(answer.status.code) \(headers) \(String(buffer: answer.body))")
          }
        }
      }
      return answers
    }
    return Seen(answers: answers, dump: host.store.dump)
  }

  private func client(_ daybook: DaybookProcess, drain: Duration) throws -> DaybookClient {
    var settings = ClientSettings(url: "http://127.0.0.1:\(daybook.port)", key: daybook.key)
    settings.batchInterval = .milliseconds(1)
    settings.firstRetryDelay = .milliseconds(5)
    settings.longestRetryDelay = .milliseconds(50)
    settings.drainLimit = drain
    return try DaybookClient(settings)
  }

  @Test func `answers the same, and keeps the same schema, with Daybook on, stalled and killed`()
    async throws
  {
    let without = try await use(nil)
    #expect(without.answers.count == 48)
    #expect(without.answers[0].contains(#"{"items":[{"id":12,"title":"image 12"}"#))
    #expect(without.answers[2].contains("201") && without.answers[2].contains(#"{"id":13}"#))

    let daybook = try DaybookProcess()
    let on = try client(daybook, drain: .seconds(60))
    #expect(try await use(on) == without)
    #expect(on.counts.accepted == 48)

    // Every request is answered while nobody answers the client: `use` would not return otherwise.
    let stalled = try client(daybook, drain: .milliseconds(10))
    let isStalled = daybook
    let seen = try await use(stalled) { [isStalled = Unchecked(isStalled)] round in
      if round == 2 { isStalled.value.stall() }
    }
    #expect(seen == without)
    #expect(stalled.counts.dropped > 0)
    daybook.resume()

    let killed = try client(daybook, drain: .milliseconds(10))
    let seenKilled = try await use(killed) { [daybook = Unchecked(daybook)] round in
      guard round == 3 else { return }
      while killed.counts.accepted < 3 * Self.script.count {
        try await Task.sleep(for: .milliseconds(1))
      }
      daybook.value.kill()
    }
    #expect(seenKilled == without)
    #expect(killed.counts.dropped > 0)
    #expect(killed.counts.refused == 0)
    #expect(killed.counts.accepted >= 24)

    // What was acknowledged is there, kill or not, and the host's own tables are not.
    let stored = try daybook.query(
      "SELECT count(*) FROM events WHERE event_type = 'api_call' AND endpoint = '/api/gallery'")
    let count = try #require(Int(stored.split(separator: "\n").last ?? ""))
    #expect(count >= 3 * 6 + 3 * 3)
    #expect(try daybook.query("SHOW TABLES").contains("images") == false)
  }

  /// `@unchecked Sendable`: signals may be sent from anywhere, and the test waits for its end.
  private struct Unchecked: @unchecked Sendable {
    let value: DaybookProcess
    init(_ value: DaybookProcess) { self.value = value }
  }
}
