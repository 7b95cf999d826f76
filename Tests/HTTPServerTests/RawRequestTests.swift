import HTTPServer
import Testing

/// Requests that two servers might understand differently, and others that are none: each is sent as
/// bytes, and the connection must be closed after the answer.
struct RawRequestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// Of the answers, in order.
    let statuses: [Int]

    init(_ name: String, _ text: String, _ statuses: Int...) {
      self.init(name, bytes: Array(text.utf8), statuses)
    }

    init(_ name: String, bytes: [UInt8], _ statuses: [Int]) {
      self.name = name
      self.bytes = bytes
      self.statuses = statuses
    }

    var testDescription: String { name }
  }

  private static func post(_ headers: String, _ body: String = "abc") -> String {
    "POST /test/echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n\(headers)\r\n\r\n\(body)"
  }

  private static func get(_ headers: String, _ path: String = "/api/health") -> String {
    "GET \(path) HTTP/1.1\r\n\(headers)\r\n\r\n"
  }

  private static let health = get("Host: a")
  private static let last = get("Host: a\r\nConnection: close")

  static let ambiguous: [Case] = [
    Case("length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400),
    Case("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3"), 400),
    Case("two lengths that differ", post("Content-Length: 3\r\nContent-Length: 4"), 400),
    Case("two lengths alike", post("Content-Length: 3\r\nContent-Length: 3"), 400),
    Case("a list of lengths", post("Content-Length: 3, 3"), 400),
    Case("a length with plus", post("Content-Length: +3"), 400),
    Case("a negative length", post("Content-Length: -1"), 400),
    Case("a length of 20 digits", post("Content-Length: 99999999999999999999"), 400),
    Case("a length in hexadecimal", post("Content-Length: 0x3"), 400),
    Case("an empty length", post("Content-Length: "), 400),
    Case("unknown coding", post("Transfer-Encoding: xchunked", "3\r\nabc\r\n0\r\n\r\n"), 400),
    Case(
      "identity after chunks",
      post("Transfer-Encoding: chunked, identity", "3\r\nabc\r\n0\r\n\r\n"),
      400),
    Case(
      "a coding before chunks",
      post("Transfer-Encoding: gzip, chunked", "3\r\nabc\r\n0\r\n\r\n"), 400),
    Case(
      "chunks twice",
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"),
      400),
    Case("a blank before the colon", post("Transfer-Encoding : chunked", "0\r\n\r\n"), 400),
    Case("a vertical tab", post("Transfer-Encoding: \u{0b}chunked", "0\r\n\r\n"), 400),
    Case("a folded header", get("Host: a\r\nX-A: b\r\n c"), 400),
    Case("bare line feeds", "GET /api/health HTTP/1.1\nHost: a\n\n", 400),
    Case("a bare carriage return", get("Host: a\r\nX-A: b\rc"), 400),
    Case("a zero byte in a header", get("Host: a\r\nX-A: b\u{0}c"), 400),
    Case("a header without a name", get("Host: a\r\n: b"), 400),
    Case("a header without a colon", get("Host: a\r\nabc"), 400),
    Case(
      "a chunk of too many bytes", post("Transfer-Encoding: chunked", "fffffffffffffffff\r\nabc"),
      400),
    Case(
      "a chunk's size with 0x", post("Transfer-Encoding: chunked", "0x3\r\nabc\r\n0\r\n\r\n"), 400),
    Case(
      "a chunk longer than said", post("Transfer-Encoding: chunked", "2\r\nabc\r\n0\r\n\r\n"), 400),
    Case(
      "HTTP/1.0 with chunks",
      "POST /test/echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    Case("no Host", "GET /api/health HTTP/1.1\r\n\r\n", 400),
    Case("two Hosts", get("Host: a\r\nHost: b"), 400),
    Case("two Hosts alike", get("Host: a\r\nHost: a"), 400),
    Case("an empty Host", get("Host: "), 400),
    Case("a Host with a path", get("Host: a/b"), 400),
    Case("a Host with a user", get("Host: u@a"), 400),
    Case("a junk method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("no version", "GET /api/health\r\n\r\n", 400),
    Case("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400),
    Case("HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 400),
    Case(
      "the start of TLS",
      bytes: [0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3] + Array(repeating: 7, count: 200), [400]),
    Case("a header of 90 KB", get("Host: a\r\nX-A: " + String(repeating: "b", count: 90_000)), 431),
    Case("2,000 headers", get("Host: a" + String(repeating: "\r\nX-A: b", count: 2000)), 431),
    Case("a path of 100 KB", get("Host: a", "/" + String(repeating: "b", count: 100_000)), 431),
    Case("two answers, then junk", health + health + "\u{1}\u{2}\r\n\r\n", 200, 200, 400),
    Case("a good one, then two Hosts", health + get("Host: a\r\nHost: b"), 200, 400),
    Case("what is expected is unknown", post("Content-Length: 3\r\nExpect: wonders"), 417),
  ]

  static let plain: [Case] = [
    Case("pipelined requests", health + get("Host: a", "/nothing") + last, 200, 404, 200),
    Case("HTTP/1.0", "GET /api/health HTTP/1.0\r\n\r\n", 200),
    Case(
      "the form for proxies",
      "GET http://a/api/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
    Case(
      "chunked in capitals",
      post("Transfer-Encoding: Chunked\r\nConnection: close", "3\r\nabc\r\n0\r\n\r\n"), 200),
    Case(
      "an offer of another protocol",
      get(
        "Host: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"
      ),
      200),
    Case("close in capitals", get("Host: a\r\nConnection: Close"), 200),
    Case("line ends before a request", "\r\n" + last, 200),
    Case(
      "chunks", post("Transfer-Encoding: chunked\r\nConnection: close", "3\r\nabc\r\n0\r\n\r\n"),
      200),
    Case(
      "chunks too large",
      post(
        "Transfer-Encoding: chunked",
        "20000\r\n" + String(repeating: "a", count: 0x20000) + "\r\n0\r\n\r\n"), 413),
    Case("a length too large", post("Content-Length: 70000"), 413),
    Case("a compressed body", post("Content-Encoding: gzip\r\nContent-Length: 3"), 415),
    Case(
      "another media type", "POST /test/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
      415),
    Case(
      "a body where none is taken",
      "GET /api/health HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 400),
    Case("all of the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404),
    Case("a tunnel", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404),
    Case(
      "who expects to go on",
      post("Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close"), 200),
    Case(
      "a path that is no UTF-8",
      get("Host: a\r\nConnection: close", "/test/parameters/%ff?grain=day"), 400),
    Case("half an escape", get("Host: a\r\nConnection: close", "/test/parameters/x?grain=%4"), 400),
    Case("dots in a path", get("Host: a\r\nConnection: close", "/api/../api/health"), 404),
  ]

  @Test func `what is ambiguous is refused and the connection closed`() async throws {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      for item in Self.ambiguous + Self.plain {
        let answers = try await service.exchange(item.bytes)
        #expect(answers.map(\.status) == item.statuses, "\(item.name)")
        for answer in answers where answer.status >= 400 {
          #expect(answer["content-type"] == "application/problem+json", "\(item.name)")
          #expect(answer.body.contains("\"request_id\""), "\(item.name)")
          #expect(answer["x-content-type-options"] == "nosniff", "\(item.name)")
        }
      }
    }
  }

  @Test func `a head is answered without a body, with the length that it would have`() async throws
  {
    try await TestService.run { service in
      let get = try await service.ask("GET", "/api/health")
      let head = try await service.ask("HEAD", "/api/health")
      #expect(head.status == 200)
      #expect(head["content-length"] == get["content-length"])
      #expect(head.body.isEmpty)
    }
  }

  @Test func `only names that are allowed are served`() async throws {
    var limits = ServiceLimits()
    limits.allowedHosts = ["daybook.example", "[::1]"]
    try await TestService.run(limits: limits) { service in
      for (host, status) in [
        ("daybook.example", 200), ("Daybook.Example:8080", 200), ("[::1]:80", 200), ("other", 421),
        ("daybook.example.evil", 421),
      ] {
        let text = "GET /api/health HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        let answers = try await service.exchange(Array(text.utf8))
        #expect(answers.map(\.status) == [status], "\(host)")
      }
    }
  }
}
