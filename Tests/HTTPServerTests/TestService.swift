import AccessControl
import Authentication
import DiskTesting
import Engine
import HTTPServer
import Intake
import Logging
import Persistence
import Platform
import ServiceSetup
import Synchronization
import Testing

/// A service on a port of this machine, over tables in memory.
struct TestService: Sendable {
  let service: Service
  let runner: ServiceRunner
  let port: Int
  let log: TestLog
  let disk: SimulatedDisk
  /// Signs in to the dashboard.
  let link: SignInLink
  private let issuer: TokenIssuer

  /// What tokens are checked with.
  var verifier: TokenVerifier {
    get throws { TokenVerifier(keys: try TokenKeySet([issuer.key]), rules: issuer.rules) }
  }

  static let secret = "0123456789abcdef0123456789abcdef-test"

  /// Starts one, and stops it when `body` has ended. `endpoints` stand beside those of the service. Nothing is
  /// done on a schedule unless a test is of that: how long a test takes decides nothing.
  static func run(
    limits: ServiceLimits = ServiceLimits(), settings: [(name: String, value: String)] = [],
    endpoints: [Endpoint] = [], tls: ServiceTLS? = nil, environment: ServiceEnvironment = .real,
    disk: SimulatedDisk = SimulatedDisk(), memoryLimit: Int? = nil,
    runsSchedules: Bool = false, _ body: @escaping @Sendable (TestService) async throws -> Void
  ) async throws {
    let made = try await make(
      limits: limits, settings: settings, endpoints: endpoints, environment, disk,
      memoryLimit: memoryLimit)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let runner = try ServiceRunner(
      service: made.service, address: ServiceAddress(host: "127.0.0.1", port: 0, tls: tls),
      runsSchedules: runsSchedules
    ) { port.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { port.finish() }
        try await runner.run()
      }
      for await number in ports {
        let running = TestService(
          service: made.service, runner: runner, port: number, log: made.log, disk: disk,
          link: made.link,
          issuer: made.issuer)
        do {
          try await body(running)
        } catch {
          await runner.stop()
          throw error
        }
        await runner.stop()
        break
      }
      try await group.waitForAll()
    }
  }

  private static func make(
    limits: ServiceLimits, settings: [(name: String, value: String)], endpoints: [Endpoint],
    _ environment: ServiceEnvironment, _ disk: SimulatedDisk, memoryLimit: Int?
  ) async throws -> (
    service: Service, log: TestLog, issuer: TokenIssuer, link: SignInLink
  ) {
    let root = try #require(UserID("root"))
    let rules = TokenRules(
      issuer: "daybook", audience: "daybook", allowlist: SuperadminAllowlist([root]))
    let key = try await TokenKey.shared(Secret(secret))
    if try disk.kind(of: "/keys") == nil { try disk.makeFolder("/keys") }
    let machine = DiskEnvironment(
      files: disk, now: { .zero }, random: { UInt64.random(in: .min ... .max) })
    let database = try Database("/data", forChanges: true, environment: machine)
    let log = TestLog()
    let engine = Engine(store: database.store, memoryLimit: memoryLimit)
    try SchemaMigration(engine).run(at: environment.now())
    let configuration = try ServiceConfiguration(
      flags: settings + [("--access-superadmins", root.text)])
    let intakeRules = IntakeRules(
      configuration, try Pseudonymizer(key: Secret(Array(repeating: 7, count: 32))))
    let real = ServiceEnvironment.real
    let local = try #require(UserID("local"))
    let link = SignInLink(at: environment.now(), random: environment.random) { now in
      try TokenIssuer(key: key, rules: rules).issue(
        user: local, role: .platformAdmin, organizations: [], lifetime: .seconds(3600), id: "l",
        at: now)
    }
    let service = Service(
      configuration: configuration, limits: limits, database: database, engine: engine,
      intake: try Intake(database.store, intakeRules, at: real.now(), random: real.random),
      keys: AccessKeys(TokenVerifier(keys: try TokenKeySet([key]), rules: rules)),
      endpoints: Service.allEndpoints + endpoints, log: log.logger, environment: environment,
      emitterKeys: try EmitterKeyStore(folder: "/keys", disk: machine), signInLink: link)
    // It signs for somebody else as well, who is no superadmin here.
    var claims = rules
    claims.allowlist = SuperadminAllowlist([root, try #require(UserID("eve"))])
    return (service, log, TokenIssuer(key: key, rules: claims), link)
  }

  /// A token that is signed as it should be and claims what it likes.
  func token(claiming role: Role, by user: String, organizations: [String] = []) throws -> String {
    let token = try issuer.issue(
      user: try #require(UserID(user)), role: role,
      organizations: Set(organizations.compactMap(OrganizationID.init)), lifetime: .seconds(3600),
      id: "t", at: service.environment.now())
    return String(decoding: token.expose(), as: UTF8.self)
  }

  func token(
    _ role: Role, organizations: [String] = [], user: String = "ann"
  ) throws -> String {
    let user = try #require(UserID(role == .superadmin ? "root" : user))
    let token = try issuer.issue(
      user: user, role: role, organizations: Set(organizations.compactMap(OrganizationID.init)),
      lifetime: .seconds(3600), id: "t", at: service.environment.now())
    return String(decoding: token.expose(), as: UTF8.self)
  }

  /// One request on a connection of its own.
  func ask(
    _ method: String = "GET", _ path: String, token: String? = nil, headers: [String] = [],
    body: String? = nil
  ) async throws -> RawAnswer {
    try await ask(method, path, token: token, headers: headers, bytes: body.map { Array($0.utf8) })
  }

  func ask(
    _ method: String, _ path: String, token: String?, headers: [String], bytes: [UInt8]?
  ) async throws -> RawAnswer {
    var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    if let token { lines.append("Authorization: Bearer \(token)") }
    if let bytes { lines.append("Content-Length: \(bytes.count)") }
    let head = lines.joined(separator: "\r\n") + "\r\n\r\n"
    let answers = try await exchange(Array(head.utf8) + (bytes ?? []))
    return try #require(answers.first, "no answer to \(method) \(path)")
  }

  /// Sends bytes and reads until the service closes the connection.
  func exchange(_ bytes: [UInt8]) async throws -> [RawAnswer] {
    let port = port
    return try await onThread {
      let connection = try RawConnection(port: port)
      try connection.send(bytes)
      return RawAnswer.all(in: try connection.readToEnd())
    }
  }
}

/// What the service logs.
final class TestLog: Sendable {
  private let lines = Mutex<[String]>([])

  var text: String { lines.withLock { $0.joined() } }

  var logger: Logger {
    Logger(label: "test") { [self] _ in
      ServiceLog(format: .json, level: .debug, now: { 0 }) { line in
        self.lines.withLock { $0.append(line) }
      }
    }
  }
}
