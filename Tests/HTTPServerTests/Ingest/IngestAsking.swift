import AccessControl
import Authentication
import HTTPServer
import Platform
import Testing

extension TestService {
  /// The text of a new emitter key.
  func key(
    _ kinds: Set<RecordKind> = Set(RecordKind.allCases), organization: String = "acme"
  ) async throws -> String {
    let organization = try #require(OrganizationID(organization))
    let label = try #require(Identifier("test"))
    let administration = service.administration
    let made = try await onThread {
      try administration.createKey(
        for: organization, kinds: kinds, label: label, by: .commandLine,
        at: ServiceEnvironment.real.now())
    }
    return String(decoding: made.text.expose(), as: UTF8.self)
  }

  /// `POST /api/analytics/events/batch`.
  func send(_ body: String, _ token: String, headers: [String] = []) async throws -> RawAnswer {
    try await send("events/batch", body, token, headers: headers)
  }

  /// `POST /api/analytics/` and `path`.
  func send(
    _ path: String, _ body: String, _ token: String, headers: [String] = []
  ) async throws -> RawAnswer {
    try await send(path, bytes: Array(body.utf8), token, headers: headers)
  }

  func send(
    _ path: String = "events/batch", bytes: [UInt8], _ token: String, headers: [String] = []
  ) async throws -> RawAnswer {
    let path = path.hasPrefix("/") ? path : "/api/analytics/" + path
    return try await ask(
      "POST", path, token: token, headers: ["Content-Type: application/json"] + headers,
      bytes: bytes)
  }

  /// The one number that a query over everything gives.
  func count(_ sql: String) async throws -> Int? {
    let answer = try await self.sql(sql)
    #expect(answer.status == 200, "\(answer.body)")
    return try answer.json.members?["rows"]?.elements?.first?.elements?.first?.integer
      .map { Int($0) }
  }

  func metrics() async throws -> String {
    try await ask("GET", "/metrics", token: try token(.platformAdmin)).body
  }
}

extension RawAnswer {
  var code: String? { (try? json)?.members?["code"]?.text }

  /// Ids of a list of the answer.
  func names(_ list: String) throws -> [String]? {
    try json.members?[list]?.elements?.compactMap(\.text)
  }

  /// Index, code and field of each record that failed.
  func failures() throws -> [String] {
    try json.members?["failed"]?.elements?.map { failure in
      let members = failure.members ?? [:]
      return [
        members["index"]?.integer.map { "\($0)" }, members["id"]?.text, members["code"]?.text,
        members["field"]?.text,
      ].map { $0 ?? "-" }.joined(separator: " ")
    } ?? []
  }
}

enum SampleEvents {
  static func event(_ id: String, _ more: String = "") -> String {
    #"{"client_event_id":"\#(id)","event_type":"page_view","user_id":"u1"\#(more)}"#
  }

  /// A body of several events, `a0`, `a1`, ...
  static func batch(_ count: Int, prefix: String = "a", _ more: String = "") -> String {
    "{\"events\":[" + (0..<count).map { event("\(prefix)\($0)", more) }.joined(separator: ",")
      + "]}"
  }
}
