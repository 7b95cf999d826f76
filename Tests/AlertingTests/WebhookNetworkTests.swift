import AccessControl
import Alerting
import Authentication
import HTTPTypes
import Hummingbird
import LoopbackTesting
import Synchronization
import Testing

/// The transport, against a server on a free port of this machine.
@Suite(.timeLimit(.minutes(20))) struct `A webhook on the network` {
  private static let secret = Secret("0123456789abcdef-webhook")

  private final class Seen: Sendable {
    struct Request: Sendable {
      var path: String
      var headers: HTTPFields
      var body: [UInt8]
    }
    private let list = Mutex<[Request]>([])
    var all: [Request] { list.withLock { $0 } }
    /// How many there were before.
    func add(_ request: Request) -> Int {
      list.withLock { list in
        list.append(request)
        return list.count - 1
      }
    }
  }

  /// `/hook` answers 500 twice and 200 from then on, `/moved` redirects to it, `/gone` always fails.
  private func serve(
    _ body: @escaping @Sendable (Int, Seen) async throws -> Void
  ) async throws {
    let seen = Seen()
    let router = Router()
    router.post("{name}") { request, context -> Response in
      let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
      let name = context.parameters.get("name") ?? ""
      let count = seen.add(
        .init(path: request.uri.path, headers: request.headers, body: bytes))
      switch name {
      case "hook": return Response(status: count < 2 ? .internalServerError : .ok)
      case "moved": return Response(status: .temporaryRedirect, headers: [.location: "/hook"])
      case "slow":
        try await Task.sleep(for: .seconds(30))
        return Response(status: .ok)
      default: return Response(status: .serviceUnavailable)
      }
    }
    try await withLoopbackServer(router) { port in try await body(port, seen) }
  }

  private func webhook(
    _ url: String, attempts: Int = 4, timeout: Duration = .seconds(10)
  ) throws -> (webhook: Webhook, transport: WebhookTransport) {
    var settings = try WebhookSettings(url: url, secret: Self.secret)
    settings.largestAttemptCount = attempts
    settings.timeout = timeout
    let transport = WebhookTransport.network()
    let environment = WebhookEnvironment(
      now: { UnixTime(milliseconds: 1_768_478_400_000) }, random: { 0 }, sleep: { _ in })
    return (Webhook(settings, transport, environment), transport)
  }

  @Test func `delivers what is signed, after errors, once`() async throws {
    try await serve { port, seen in
      let (webhook, _) = try webhook("http://127.0.0.1:\(port)/hook")
      for number in 1...3 {
        webhook.send(
          WebhookMessage(
            id: "\(number)", event: "alert", body: Array(#"{"number":\#(number)}"#.utf8)))
      }
      let run = Task { await webhook.run() }
      while webhook.counts.delivered < 3 { try await Task.sleep(for: .milliseconds(2)) }
      run.cancel()
      await run.value
      let requests = seen.all
      #expect(
        requests.map { $0.headers[HTTPField.Name("Daybook-Delivery") ?? .accept] } == [
          "1", "1", "1", "2", "3",
        ])
      for request in requests {
        let code = MessageCode.text(
          of: Array("1768478400.".utf8) + request.body, key: Self.secret)
        #expect(
          request.headers[HTTPField.Name("Daybook-Signature") ?? .accept]
            == "t=1768478400,v1=\(code)")
        #expect(request.headers[.contentType] == "application/json")
      }
    }
  }

  @Test func `follows no redirect, and gives up what never succeeds`() async throws {
    try await serve { port, seen in
      let (moved, first) = try webhook("http://127.0.0.1:\(port)/moved")
      let message = WebhookMessage(id: "1", event: "alert", body: Array("{}".utf8))
      #expect(await moved.deliver(message) == .refused(status: 307))
      #expect(seen.all.map(\.path) == ["/moved"])
      await first.close()
      let (gone, second) = try webhook("http://127.0.0.1:\(port)/gone", attempts: 3)
      #expect(await gone.deliver(message) == .gaveUp(attempts: 3))
      #expect(seen.all.count == 4)
      await second.close()
    }
  }

  @Test func `does not wait for one that does not answer, or is not there`() async throws {
    try await serve { port, _ in
      let message = WebhookMessage(id: "1", event: "alert", body: Array("{}".utf8))
      let (slow, first) = try webhook(
        "http://127.0.0.1:\(port)/slow", attempts: 1, timeout: .milliseconds(50))
      #expect(await slow.deliver(message) == .gaveUp(attempts: 1))
      await first.close()
      let (nobody, second) = try webhook("http://127.0.0.1:1/hook", attempts: 2)
      #expect(await nobody.deliver(message) == .gaveUp(attempts: 2))
      await second.close()
    }
  }
}
