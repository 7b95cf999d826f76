import AccessControl
import Alerting
import Authentication
import ColumnStore
import DiskTesting
import Engine
import HTTPServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Jobs
import Logging
import NIOCore
import Persistence
import Platform
import ServiceSetup
import Synchronization
import Testing

/// A moment that the tests call now: 2026-01-15 12:00 UTC.
let administrationNoon = UnixTime(milliseconds: 1_768_478_400_000)

/// A clock that stands still until it is moved, and chance that is the same each time.
final class HarnessClock: Sendable {
  private let time = Mutex(administrationNoon)
  private let counter = Atomic<UInt64>(0)
  var now: UnixTime { time.withLock { $0 } }
  func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
  func chance() -> UInt64 {
    counter.add(1, ordering: .relaxed).newValue &* 0x9e37_79b9_7f4a_7c15
  }
}

/// What a request was answered with.
struct HarnessAnswer {
  var status: Int
  var json: StrictJSON
  var headers: HTTPFields

  subscript(name: String) -> StrictJSON? { json.members?[name] }
  var code: String? { self["code"]?.text }
  /// The fields that a problem names.
  var fields: [String] {
    self["errors"]?.elements?.compactMap { $0.members?["field"]?.text } ?? []
  }
  var logs: [[String: StrictJSON]] { self["logs"]?.elements?.compactMap(\.members) ?? [] }
  func values(_ field: String) -> [String?] { logs.map { $0[field]?.text } }
}

/// A service with the built-in tables, on a disk in memory.
struct AdministrationHarness {
  private(set) var service: Service
  let clock = HarnessClock()
  let disk = SimulatedDisk()
  private let issuer: TokenIssuer
  private let emitterKeys: EmitterKeyStore

  /// `hasReports`: weekly reports stand in `/reports`.
  init(webhook: Webhook? = nil, hasReports: Bool = false) async throws {
    let clock = clock
    try disk.makeFolder("/keys")
    let machine = DiskEnvironment(files: disk, now: { .zero }, random: { clock.chance() })
    let database = try Database("/data", forChanges: true, environment: machine)
    let engine = Engine(store: database.store, threads: 1)
    try SchemaMigration(engine).run(at: administrationNoon)
    let configuration = try ServiceConfiguration(
      file: nil, environment: [:], flags: [("--access-superadmins", "root")])
    let key = try await TokenKey.shared(Secret((0..<32).map { UInt8($0) }))
    let rules = TokenRules(
      issuer: "daybook", audience: "daybook", allowlist: configuration.superadmins)
    issuer = TokenIssuer(key: key, rules: rules)
    let intake = try Intake(
      database.store,
      IntakeRules(configuration, try Pseudonymizer(key: Secret(Array(repeating: 7, count: 32)))),
      at: administrationNoon, random: { clock.chance() })
    emitterKeys = try EmitterKeyStore(folder: "/keys", disk: machine)
    service = Service(
      configuration: configuration, limits: ServiceLimits(), database: database, engine: engine,
      intake: intake,
      keys: AccessKeys(TokenVerifier(keys: try TokenKeySet([key]), rules: rules)),
      log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
      environment: ServiceEnvironment(now: { clock.now }, random: { clock.chance() }),
      emitterKeys: emitterKeys, webhook: webhook,
      reports: ReportTargets(
        folder: hasReports ? ReportFolder("/reports", disk: machine) : nil))
  }

  /// The service begun anew over the same tables.
  func restarted(webhook: Webhook? = nil) -> AdministrationHarness {
    var new = self
    new.service = Service(
      configuration: service.configuration, limits: service.limits, database: service.database,
      engine: service.engine, intake: service.intake, keys: service.keys, log: service.log,
      environment: service.environment, emitterKeys: emitterKeys,
      webhook: webhook ?? service.alerts.webhook)
    return new
  }

  func token(
    _ role: Role, _ user: String = "ann", in organizations: [String] = ["acme"],
    entities: [String] = []
  ) throws -> String {
    let secret = try issuer.issue(
      user: try #require(UserID(user)), role: role,
      organizations: Set(organizations.compactMap(OrganizationID.init)),
      entities: Set(entities.compactMap(EntityReference.init)), lifetime: .seconds(3600), id: "t",
      at: clock.now)
    return String(decoding: secret.expose(), as: UTF8.self)
  }

  func ask(
    _ method: HTTPRequest.Method, _ path: String, token: String? = nil, body: String? = nil,
    headers more: [String: String] = [:]
  ) async throws -> HarnessAnswer {
    var headers = HTTPFields()
    if let token { headers[.authorization] = "Bearer \(token)" }
    if body != nil { headers[.contentType] = "application/json" }
    for (name, value) in more { headers[try #require(HTTPField.Name(name))] = value }
    let application = Application(responder: ServiceResponder(service: service, isSecure: false))
    let fields = headers
    return try await application.test(.router) { client in
      try await client.execute(
        uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) }
      ) { response in
        let bytes = Array(response.body.readableBytesView)
        return HarnessAnswer(
          status: response.status.code, json: bytes.isEmpty ? .null : try StrictJSON(bytes),
          headers: response.headers)
      }
    }
  }

  /// Writes down what a host would send.
  func record(_ json: String, of organization: String = "acme") throws {
    let draft = try AuditDraft(try StrictJSON(Array(json.utf8)), at: clock.now)
    try service.administration.audit.append([
      draft.entry(for: try #require(OrganizationID(organization)))
    ])
  }

  /// What the audit log has, seen past all access.
  func recorded(_ columns: String, where condition: String = "true") throws -> [[Value]] {
    var session = Session()
    return try service.engine.execute(
      "SELECT \(columns) FROM audit_log WHERE \(condition) ORDER BY audit_id", in: &session
    ).rows
  }
}
