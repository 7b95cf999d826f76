import DaybookClient
import Foundation
import HTTPTypes
import Hummingbird
import LoopbackTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct `A client on the network` {
  /// A server on a free port of this machine, that hands requests to a stub.
  private func serve(
    _ stub: StubService, _ body: @escaping @Sendable (Int, Heads) async throws -> Void
  ) async throws {
    let heads = Heads()
    let router = Router()
    router.post("/proxied/api/analytics/events/batch") { request, _ -> Response in
      heads.add(request.headers)
      let bytes = try await request.body.collect(upTo: 1 << 20)
      let answer = try await stub.take("events/batch", Array(bytes.readableBytesView))
      var headers = HTTPFields()
      if let retryAfter = answer.retryAfter {
        headers[.retryAfter] = String(retryAfter.components.seconds)
      }
      return Response(
        status: .init(code: answer.status), headers: headers,
        body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
    try await withLoopbackServer(router) { port in try await body(port, heads) }
  }

  final class Heads: Sendable {
    private let list = Mutex<[HTTPFields]>([])
    var all: [HTTPFields] { list.withLock { $0 } }
    func add(_ fields: HTTPFields) { list.withLock { $0.append(fields) } }
  }

  private func settings(_ url: String) -> ClientSettings {
    var settings = ClientSettings(url: url, key: "dbk_0123")
    settings.firstRetryDelay = .milliseconds(5)
    settings.longestRetryDelay = .milliseconds(20)
    settings.batchInterval = .milliseconds(5)
    settings.drainLimit = .seconds(20)
    return settings
  }

  @Test func `sends its key, honours what the service asks for, and delivers all before it ends`()
    async throws
  {
    let stub = StubService([
      .status(503), .status(429, retryAfter: .zero), .storeAndBreakOff,
    ])
    let settings = settings("http://127.0.0.1:")
    try await serve(stub) { port, heads in
      var settings = settings
      settings.url += "\(port)/proxied/"
      let client = try DaybookClient(settings)
      async let delivery: Void = client.run()
      for number in 0..<1200 { client.emit(DaybookEvent("chat", userID: "u-\(number)")) }
      client.stop()
      await delivery
      let counts = client.counts
      #expect(counts.accepted + counts.duplicates == 1200)
      #expect(counts.duplicates > 0)
      #expect(counts.retries == 3)
      #expect(stub.stored.count == 1200)
      #expect(heads.all.allSatisfy { $0[.authorization] == "Bearer dbk_0123" })
      #expect(heads.all.allSatisfy { $0[.contentType] == "application/json" })
    }
  }

  @Test func `emits without a service, and stops`() async throws {
    // Nobody listens there.
    var settings = settings("http://127.0.0.1:1")
    settings.drainLimit = .milliseconds(50)
    let client = try DaybookClient(settings)
    async let delivery: Void = client.run()
    for _ in 0..<100 { client.emit(DaybookEvent("chat")) }
    while client.counts.retries < 2 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(client.counts.pending == 100)
    client.stop()
    await delivery
    #expect(client.counts.dropped == 100)
  }

  @Test(arguments: [
    "", "daybook.example.org", "ftp://x", "http://", "http://a b", "https://x?y=1", "http:x",
  ])
  func `refuses a URL that is none`(url: String) {
    #expect(throws: ClientSettingsError.self) {
      _ = try DaybookClient(ClientSettings(url: url, key: "dbk_1"))
    }
  }

  @Test func `refuses a key that would break a header, and never shows one`() {
    #expect(throws: ClientSettingsError.self) {
      _ = try DaybookClient(ClientSettings(url: "http://x", key: "dbk_1\r\nX: y"))
    }
    let settings = ClientSettings(url: "http://x", key: "dbk_secret")
    var text = "\(settings) \(String(reflecting: settings))"
    dump(settings, to: &text)
    #expect(!text.contains("secret"))
  }
}
