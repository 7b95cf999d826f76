import AccessControl
import Authentication
import Engine
import HTTPServer
import Testing

extension TestService {
  /// Fills tables through the engine, as the service itself would.
  func change(_ statements: String...) async throws {
    let engine = service.engine
    try await onThread {
      var session = Session()
      for statement in statements { _ = try engine.execute(statement, in: &session) }
    }
  }

  /// `POST /api/query` of somebody who sees all organisations.
  func query(
    _ body: String, token: String? = nil, target: String = "/api/query?organizations=all",
    headers: [String] = []
  ) async throws -> RawAnswer {
    let token = try token ?? self.token(.platformAdmin)
    return try await ask(
      "POST", target, token: token, headers: ["Content-Type: application/json"] + headers,
      body: body)
  }

  func sql(_ sql: String, _ members: String = "") async throws -> RawAnswer {
    try await query(#"{"sql":\#(StrictJSON.quoted(sql))\#(members.isEmpty ? "" : "," + members)}"#)
  }

  /// Returns when the engine runs so many statements.
  func waitForQueries(_ count: Int) async throws {
    let deadline = ContinuousClock.now + .seconds(600)
    while service.engine.runningQueries.count != count {
      try #require(ContinuousClock.now < deadline, "there are not \(count) queries")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Takes minutes, unless it is stopped.
  static let endless =
    "SELECT count(*) AS n FROM generate_series(1, 3000000000) AS s(g) WHERE g % 7 = 1"
}

extension RawAnswer {
  var json: StrictJSON { get throws { try StrictJSON(Array(body.utf8)) } }

  subscript(path: String...) -> StrictJSON? {
    path.reduce(try? json) { $0?.members?[$1] }
  }

  /// The body of an answer in chunks; `nil` where it broke off.
  var unchunked: [UInt8]? {
    var rest = Array(body.utf8)[...]
    var whole: [UInt8] = []
    while let end = rest.firstRange(of: Array("\r\n".utf8)) {
      guard let count = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16)
      else { return nil }
      rest = rest[end.upperBound...]
      if count == 0 { return whole }
      guard rest.count >= count + 2 else { return nil }
      whole += rest.prefix(count)
      rest = rest.dropFirst(count + 2)
    }
    return nil
  }
}
