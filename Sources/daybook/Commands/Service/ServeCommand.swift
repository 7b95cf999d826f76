import AccessControl
import ArgumentParser
import Authentication
import Engine
@preconcurrency import Glibc
import HTTPServer
import Intake
import Logging
import Persistence
import Platform
import ServiceSetup

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer over HTTP.",
    discussion: """
      Listens on this machine alone unless --host says otherwise, which needs keys of tokens to be \
      configured. Without any, a key for this machine is made in the data folder; `daybook token issue` makes tokens \
      with it. SIGTERM and ^C stop it when what is being answered has been answered; a second one stops it at once; SIGHUP \
      reads the keys again.

      Examples:
        daybook serve
        daybook serve --data daybook-data --port 9000 --config daybook.json
        daybook serve --host 0.0.0.0 --config daybook.json \\
          --set tls.certificate_file=cert.pem --set tls.key_file=key.pem
      """)

  @OptionGroup var options: ServiceOptions

  @Option(help: ArgumentHelp("Address to listen on (http.host).", valueName: "address"))
  var host: String?

  @Option(help: ArgumentHelp("Port to listen on (http.port); 0: any.", valueName: "port"))
  var port: Int?

  @Option(
    help: ArgumentHelp(
      "Folder of the libraries that the dashboard loads (web.assets).", valueName: "folder"),
    completion: .directory)
  var webAssets: String?

  func run() throws {
    StopSignals.block()
    var flags: [(name: String, value: String)] = []
    if let host { flags.append(("http.host", host)) }
    if let port { flags.append(("http.port", String(port))) }
    if let webAssets { flags.append(("web.assets", webAssets)) }
    let configuration = try options.configuration(flags)
    for variable in configuration.misspeltVariables {
      StandardError.write(
        "warning: \(variable.name) (environment) is no setting; did you mean \(variable.near)?\n")
    }
    let keys = TokenKeyFiles(configuration)
    var address = ServiceAddress(
      host: configuration.text("http.host") ?? "127.0.0.1",
      port: configuration.integer("http.port") ?? 8080)
    guard keys.isConfigured || address.isLoopback else {
      throw CommandFailure(
        "\(address.host) can be reached from other machines, and no key of tokens is configured",
        hint: """
          openssl rand -hex 32 > token.key; chmod 600 token.key; daybook serve --host \(address.host) \
          --set token.secret_file=token.key
          """)
    }
    if let certificate = configuration.text("tls.certificate_file"),
      let key = configuration.text("tls.key_file")
    {
      do { address.tls = try ServiceTLS(certificateFile: certificate, keyFile: key) } catch {
        throw CommandFailure("\(error)")
      }
    }
    let database = try ServiceOptions.dataOptions(configuration).openForChanges(
      "serve", Self.databaseOptions(configuration))
    let outcome = Result {
      try database.startCheckpoints()
      try serve(database, configuration, keys, address)
    }
    try database.close(after: outcome)
  }

  private static func databaseOptions(_ configuration: ServiceConfiguration) -> DatabaseOptions {
    var options = DatabaseOptions()
    if let count = configuration.integer("journal.checkpoint_bytes") {
      options.checkpointByteCount = count
    }
    if let count = configuration.integer("journal.checkpoint_seconds") {
      options.checkpointInterval = .seconds(count)
    }
    return options
  }

  private func serve(
    _ database: Database, _ configuration: ServiceConfiguration, _ keys: TokenKeyFiles,
    _ address: ServiceAddress
  ) throws {
    let isNewKey = keys.isConfigured ? false : try keys.makeLocalKey()
    let verifier = try Blocking.run { try await keys.verifier() }
    let log = Self.log(configuration)
    var limits = ServiceLimits(configuration)
    limits.fitOpenFiles()
    let history = SnapshotHistory(
      SnapshotStore(
        (configuration.text("data") ?? DataOptions.defaultFolder) + "/snapshots",
        threads: CoreCount.available))
    let engine = Engine(
      store: database.store, history: history, health: { database.health })
    let count = try BuiltInTables.bringUpToDate(engine, configuration, by: .service)
    if count > 0 { log.notice("made tables", metadata: ["statements": "\(count)"]) }
    let link = try signInLink(keys, address)
    let service = Service(
      configuration: configuration, limits: limits, database: database, engine: engine,
      intake: try intake(configuration, database), keys: AccessKeys(verifier), log: log,
      emitterKeys: try EmitterKeys.open(
        configuration.text("data") ?? DataOptions.defaultFolder, isMade: true),
      signInLink: link,
      webhook: try Notification.webhook(of: "alerts", configuration, log),
      reports: try Notification.reports(configuration, log))
    let runner: ServiceRunner
    let scheme = address.tls == nil ? "http" : "https"
    let lines = startLines(configuration, keys, address, isNewKey)
    runner = try ServiceRunner(service: service, address: address) { port in
      let host = address.host.contains(":") ? "[\(address.host)]" : address.host
      let start = "\(scheme)://\(host):\(port)"
      let open = link.map { "  open    \(start)\($0.path)\n          once, within 10 minutes\n" }
      StandardError.write("daybook serves \(start)\n" + lines + (open ?? ""))
    }
    StopSignals.handle(
      stop: {
        StandardError.write("stopping: what is being answered is answered first\n")
        Task { await runner.stop() }
      },
      reload: {
        Task {
          do {
            service.keys.replace(with: try await keys.verifier())
            log.notice("the keys of tokens were read again")
          } catch {
            log.error("the keys of tokens stay as they were", metadata: ["reason": "\(error)"])
          }
        }
      })
    do {
      try Blocking.run { try await runner.run() }
    } catch let failure as ListeningFailure {
      throw Self.failure(failure, address)
    } catch {
      throw CommandFailure("cannot serve on \(address.host):\(address.port): \(error)")
    }
  }

  private static func failure(
    _ failure: ListeningFailure, _ address: ServiceAddress
  ) -> CommandFailure {
    switch failure {
    case .portIsTaken:
      CommandFailure(
        "port \(address.port) of \(address.host) is taken by another program",
        hint: "--port N serves on another one (0: any that is free), or stop that program")
    case .isForbidden:
      CommandFailure(
        "this user may not listen on port \(address.port) of \(address.host)",
        hint: "--port N, from 1024 on, needs no rights of root")
    case .isNoAddressOfThisMachine:
      CommandFailure(
        "\(address.host) is no address of this machine",
        hint: "--host 127.0.0.1 serves this machine alone, --host 0.0.0.0 all that reach it")
    }
  }

  /// For whoever started the service, where it is for this machine alone and nobody else issues tokens.
  private func signInLink(
    _ keys: TokenKeyFiles, _ address: ServiceAddress
  ) throws -> SignInLink? {
    guard !keys.isConfigured, address.isLoopback, let user = UserID("local") else { return nil }
    let issuer = try Blocking.run { try await keys.issuer() }
    let environment = ServiceEnvironment.real
    let lifetime = min(.seconds(12 * 3600), issuer.rules.longestLifetime)
    return SignInLink(at: environment.now(), random: environment.random) { now in
      try issuer.issue(
        user: user, role: .platformAdmin, organizations: [], lifetime: lifetime,
        id: RequestID(environment).text, at: now)
    }
  }

  /// Reads the ids of the last days, the books and the open sessions.
  private func intake(
    _ configuration: ServiceConfiguration, _ database: Database
  ) throws -> Intake {
    let rules = try IntakeFiles(configuration).rules()
    let environment = ServiceEnvironment.real
    do {
      return try Intake(
        database.store, rules, at: environment.now(), random: environment.random)
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  private static func log(_ configuration: ServiceConfiguration) -> Logger {
    let format =
      configuration.text("log.format").flatMap { ServiceLog.Format(rawValue: $0) } ?? .text
    let level = configuration.text("log.level").flatMap { Logger.Level(rawValue: $0) } ?? .info
    return Logger(label: "daybook") { _ in
      ServiceLog(format: format, level: level, now: DiskEnvironment.systemTime)
    }
  }

  private func startLines(
    _ configuration: ServiceConfiguration, _ keys: TokenKeyFiles, _ address: ServiceAddress,
    _ isNewKey: Bool
  ) -> String {
    let folder = configuration.text("data") ?? DataOptions.defaultFolder
    let isLimited = (configuration.integer("limit.requests_per_second") ?? 0) > 0
    let superadmins = configuration.superadmins.users.count
    var lines = "  data    \(folder)\n"
    if keys.isConfigured {
      lines += "  tokens  checked with the configured keys\n"
    } else {
      lines += "  tokens  checked with \(keys.localKey)\(isNewKey ? ", which is new" : "")\n"
      lines += "  try     daybook token issue --data \(folder) --user me --role platform_admin\n"
    }
    lines += "  admins  \(superadmins == 1 ? "1 superadmin" : "\(superadmins) superadmins")\n"
    if !isLimited { lines += "  limits  any number of requests from one caller\n" }
    if configuration.text("metrics.access") == "open" {
      lines += "  metrics open to everybody\n"
    }
    if address.tls == nil, !address.isLoopback {
      lines +=
        "  warning tokens can be read on their way: set tls.certificate_file and tls.key_file\n"
    }
    return lines
  }
}
