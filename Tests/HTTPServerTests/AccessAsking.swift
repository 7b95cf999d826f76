import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import Platform
import QueryPlanning
import Testing

extension ServiceEnvironment {
  /// A clock that stands still until it is moved.
  static func standing(at clock: HarnessClock) -> ServiceEnvironment {
    ServiceEnvironment(now: { clock.now }, random: { UInt64.random(in: .min ... .max) })
  }
}

extension TestService {
  /// Asks for a reveal of rows of acme, and returns its name.
  func reveal(_ columns: String..., token: String, seconds: Int = 60) async throws -> String {
    let answer = try await ask(
      "POST", "/api/admin/reveal", token: token, headers: ["Content-Type: application/json"],
      body: """
        {"reason":"ticket 4711 of acme","organizations":["acme"],"duration_seconds":\(seconds),
         "columns":[\(columns.map(StrictJSON.quoted).joined(separator: ","))]}
        """)
    try #require(answer.status == 201, "\(answer.body)")
    return try #require(answer["id"]?.text)
  }

  /// A query about acme.
  func ask(
    acme sql: String, token: String, format: String = "json", reveal: String? = nil
  ) async throws -> RawAnswer {
    try await query(
      #"{"sql":\#(StrictJSON.quoted(sql)),"format":"\#(format)"}"#, token: token,
      target: "/api/query?organization_id=acme",
      headers: reveal.map { ["X-Daybook-Reveal: \($0)"] } ?? [])
  }

  /// What the audit log has, seen past all access, in the order in which it was written.
  func recorded(_ columns: String, where condition: String = "true") async throws -> [[Value]] {
    let engine = service.engine
    return try await onThread {
      var session = Session()
      session.access = .unrestricted
      return try engine.execute(
        "SELECT \(columns) FROM audit_log WHERE \(condition) ORDER BY audit_id", in: &session
      ).rows
    }
  }

  /// A key of acme for records of every kind.
  func emitterKey() async throws -> String {
    let administration = service.administration
    let now = service.environment.now()
    let organization = try #require(OrganizationID("acme"))
    let label = try #require(Identifier("test"))
    let made = try await onThread {
      try administration.createKey(
        for: organization, kinds: Set(RecordKind.allCases), label: label, by: .commandLine, at: now)
    }
    return String(decoding: made.text.expose(), as: UTF8.self)
  }
}

extension RawAnswer {
  /// The body without its chunks.
  var text: String {
    headers["transfer-encoding"] == "chunked"
      ? String(decoding: unchunked ?? [], as: UTF8.self) : body
  }

  /// Of either form of an answer.
  var receipt: [String: StrictJSON] {
    let header = headers["daybook-receipt"].flatMap { try? StrictJSON(Array($0.utf8)) }
    return (header ?? (try? StrictJSON(Array(text.utf8)))?.members?["receipt"])?.members ?? [:]
  }

  var redacted: [String]? { receipt["redacted"]?.elements?.compactMap(\.text) }
}
