import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import Platform
import Testing

/// Every built-in table has a row of two organisations, and every endpoint of the table is asked by every
/// role: what must not be seen is in no answer. New tables and endpoints are in it by being there.
@Suite struct `No endpoint shows` {
  static let sealed = "planted-sealed-value"
  static let freeText = "planted-free-text"
  static let foreign = "planted-foreign-row"

  private static func literal(
    _ column: BuiltInColumn, of organization: String
  ) -> String {
    let text =
      switch column.label {
      case .sealed: sealed
      case .freeText: freeText + "-" + organization
      case .organization: organization
      case .user, nil: organization == "bolt" ? foreign : "own"
      }
    switch column.kind {
    case .text, .identifier: return "'\(text)'"
    case .uuid:
      return organization == "bolt"
        ? "'00000000-0000-7000-8000-00000000000b'" : "'00000000-0000-7000-8000-00000000000a'"
    case .json: return "'{\"value\":\"\(text)\"}'"
    case .integer: return "7"
    case .double: return "0.5"
    case .boolean: return "true"
    case .timestamp: return "TIMESTAMP '2026-01-15 11:00:00'"
    }
  }

  private static func plant(_ service: TestService) async throws {
    for table in BuiltInSchema.tables where table[column: "organization_id"] != nil {
      let names = table.columns.map(\.name).joined(separator: ", ")
      for organization in ["acme", "bolt"] {
        let values = table.columns.map { literal($0, of: organization) }
        try await service.change(
          "INSERT INTO \(table.name) (\(names)) VALUES (\(values.joined(separator: ", ")))")
      }
    }
  }

  /// A path that the endpoint takes, with its parameters.
  private static func target(_ endpoint: Endpoint, _ query: String) -> String {
    let path = endpoint.path.replacing(/\{[a-z_]+\}/, with: "own")
    let required = endpoint.allParameters.filter { $0.place == .query && $0.isRequired }
    let pairs =
      required.map { parameter in
        switch parameter.kind {
        case .choice(let names): "\(parameter.name)=\(names.first ?? "")"
        case .integer(let range): "\(parameter.name)=\(range.lowerBound)"
        case .flag: "\(parameter.name)=true"
        case .list: "\(parameter.name)=own"
        case .text:
          "\(parameter.name)=\(parameter.name.contains("end") ? "2026-01-31" : "2026-01-01")"
        }
      } + (query.isEmpty ? [] : [query])
    return path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
  }

  /// What comes within a moment: streams of events have no end.
  private static func ask(
    _ service: TestService, _ method: String, _ target: String, token: String
  ) async throws -> String {
    let port = service.port
    let text =
      "\(method) \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n\r\n"
    return try await onThread {
      let connection = try RawConnection(port: port, patience: 1)
      try connection.send(text)
      var bytes: [UInt8] = []
      while let more = try? connection.read(), !more.isEmpty, bytes.count < 1 << 20 {
        bytes += more
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test func `what is sealed, what is free text of others, or rows of others`() async throws {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      try await Self.plant(service)
      let endpoints = service.service.endpoints.endpoints.filter { $0.method == .get }
      var answered = 0
      for role in Role.allCases {
        let token = try service.token(role, organizations: ["acme"])
        let isPlatform = [.platformAdmin, .superadmin].contains(role)
        for endpoint in endpoints {
          var queries = [""]
          if case .scoped = endpoint.access, isPlatform { queries.append("organizations=all") }
          for query in queries {
            let target = Self.target(endpoint, query)
            let answer = try await Self.ask(service, "GET", target, token: token)
            if answer.hasPrefix("HTTP/1.1 200") { answered += 1 }
            #expect(!answer.hasPrefix("HTTP/1.1 5"), "\(target) as \(role.rawValue)")
            #expect(!answer.contains(Self.sealed), "\(target) as \(role.rawValue)")
            #expect(!answer.contains(Self.freeText + "-bolt"), "\(target) as \(role.rawValue)")
            if role != .organizationAdmin {
              #expect(!answer.contains(Self.freeText), "\(target) as \(role.rawValue)")
            }
            if query.isEmpty {
              #expect(!answer.contains(Self.foreign), "\(target) as \(role.rawValue)")
            }
          }
        }
      }
      #expect(answered > 30)
      #expect(!service.log.text.contains("planted"))
    }
  }

  @Test func `any of it through SQL, whatever table is asked`() async throws {
    try await TestService.run(environment: .standing(at: HarnessClock())) { service in
      try await Self.plant(service)
      let names = BuiltInSchema.tables.map(\.name) + BuiltInSchema.views.map(\.name)
      for role in [Role.admin, .organizationAdmin, .platformAdmin] {
        let token = try service.token(role, organizations: ["acme"])
        for name in names + BuiltInSchema.rollUps.map(\.name) {
          for format in ["json", "csv"] {
            let answer = try await service.ask(
              acme: "SELECT * FROM \(name)", token: token, format: format)
            #expect(answer.status < 500, "\(name): \(answer.body)")
            #expect(!answer.text.contains(Self.sealed), "\(name) as \(role.rawValue)")
            #expect(!answer.text.contains(Self.foreign), "\(name) as \(role.rawValue)")
            if role != .organizationAdmin {
              #expect(!answer.text.contains(Self.freeText), "\(name) as \(role.rawValue)")
            }
          }
        }
      }
    }
  }
}
