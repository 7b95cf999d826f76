internal import QueryLanguage

/// Something that the service is told at its start, as data: its name, what it may be, what it is
/// when nobody says anything.
public struct Setting: Sendable {
  public enum Kind: Sendable, Equatable {
    case text(largestByteCount: Int)
    case integer(ClosedRange<Int>)
    case choice([String])
    case list(largestCount: Int)
    case timeZone
    /// A list of `organisation=zone`.
    case organizationTimeZones
    /// An address that lets whoever knows it in: never shown.
    case secretAddress(largestByteCount: Int)
    /// Never shown, and not taken from flags, which every user of the machine can read.
    case secret(smallestByteCount: Int)
  }

  /// Parts with dots between them, as a file nests them.
  public var key: String
  public var kind: Kind
  /// `nil` where there is no value then.
  public var fallback: String?
  public var about: String

  public init(_ key: String, _ kind: Kind, _ fallback: String? = nil, _ about: String) {
    self.key = key
    self.kind = kind
    self.fallback = fallback
    self.about = about
  }

  public var parts: [String] { key.split(separator: ".").map(String.init) }
  /// `DAYBOOK_HTTP_PORT` for `http.port`.
  public var variable: String { "DAYBOOK_" + parts.joined(separator: "_").uppercased() }
  /// `--set http.port=` for `http.port`, as a command takes it; `nil` for a secret.
  public var flag: String? { isTakenFromFlags ? "--set \(key)=" : nil }
  /// Every user of the machine can read flags.
  var isTakenFromFlags: Bool { if case .secret = kind { false } else { true } }

  /// The setting of a name, which may be spelt as an option too: `--http-port`.
  static func named(_ name: String) -> Setting? {
    all.first { $0.key == name || $0.option == name }
  }

  private var option: String {
    "--" + String(key.map { $0 == "." || $0 == "_" ? "-" : $0 })
  }

  /// The setting that a name was most likely meant to be.
  static func nearest(to name: String) -> Setting? {
    nearestName(to: name, among: all.lazy.map(\.key)).flatMap(named)
  }

  /// Whether its value is masked wherever settings are shown.
  public var isSecret: Bool {
    switch kind {
    case .secret, .secretAddress: true
    case .text, .integer, .choice, .list, .timeZone, .organizationTimeZones: false
    }
  }

  public var allowed: String {
    switch kind {
    case .text(let count), .secretAddress(let count):
      "text of 1 to \(count) bytes without control characters"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let names): names.joined(separator: " or ")
    case .list(let count): "a list of at most \(count) texts"
    case .timeZone: "an IANA name such as Europe/Berlin, or an offset such as +05:30"
    case .organizationTimeZones:
      "a list of organization=zone, such as acme=Europe/Berlin, each with an IANA name or an offset such as +05:30"
    case .secret(let count): "a secret of at least \(count) bytes, from a file or the environment"
    }
  }

  /// Whether it may be given several times.
  var isList: Bool {
    switch kind {
    case .list, .organizationTimeZones: true
    case .text, .integer, .choice, .timeZone, .secretAddress, .secret: false
    }
  }

  public static let all: [Setting] = general + ingest + web + operations

  private static let general: [Setting] = [
    Setting("data", .text(largestByteCount: 4096), "daybook-data", "the folder of the data"),
    Setting("http.host", .text(largestByteCount: 255), "127.0.0.1", "the address to listen on"),
    Setting("http.port", .integer(0...65_535), "8080", "the port to listen on; 0: any"),
    Setting(
      "http.allowed_hosts", .list(largestCount: 32), nil,
      "the names that the service may be asked by (the header Host); otherwise any"),
    Setting(
      "http.allowed_origins", .list(largestCount: 32), nil,
      "origins whose pages may send records, such as https://app.example.org; otherwise none"),
    Setting("http.connections", .integer(16...100_000), "4096", "how many may be open"),
    Setting(
      "http.idle_seconds", .integer(1...3600), "15",
      "how long a connection may say nothing, or the head of a request take"),
    Setting("http.body_seconds", .integer(1...3600), "60", "how long a body may take to come"),
    Setting(
      "http.least_body_rate", .integer(1...1_000_000), "512",
      "bytes per second that a body must come at after 5 seconds"),
    Setting(
      "http.write_seconds", .integer(1...3600), "30",
      "how long a caller may not read what is sent"),
    Setting(
      "http.drain_seconds", .integer(1...3600), "20",
      "how long requests in flight may take when the service stops"),
    Setting(
      "limit.requests_per_second", .integer(0...1_000_000), "100",
      "of one principal, with twice as many at once; 0: any number"),
    Setting(
      "limit.address_requests_per_second", .integer(0...1_000_000), "200",
      "of one address, with twice as many at once; 0: any number"),
    Setting(
      "engine.concurrent_statements", .integer(1...256), "4",
      "how many calls of the engine run at once"),
    Setting(
      "journal.durability", .choice(["fsync", "everysec", "os"]), "fsync",
      "what a change waits for: fsync (on disk), everysec (may lose a second when the power goes), os (half a minute)"
    ),
    Setting(
      "journal.checkpoint_bytes", .integer(65_536...1_099_511_627_776), "67108864",
      "a snapshot is written once the journal has so many bytes after the newest one"),
    Setting(
      "journal.checkpoint_seconds", .integer(1...86_400), "900",
      "a snapshot is written once what the newest one lacks is this old"),
    Setting(
      "retention.days", .integer(0...36_500), "90",
      "how long the built-in tables of facts, when they are made, keep their days; 0: for ever"),
    Setting(
      "retention.audit_days", .integer(0...36_500), "0",
      "the same of the audit log; it can be made longer afterwards, never shorter"),
    Setting(
      "query.timeout_ms", .integer(1...86_400_000), "30000",
      "how long a statement may run that does not say"),
    Setting(
      "query.longest_timeout_ms", .integer(1...86_400_000), "300000",
      "how long one may ask to run, and how long its answer may take to be read"),
    Setting(
      "query.row_count", .integer(1...100_000_000), "100000",
      "how many rows an answer may have where the statement's request does not say"),
    Setting(
      "query.largest_row_count", .integer(1...100_000_000), "1000000",
      "how many rows a request may ask for"),
    Setting(
      "query.largest_memory_bytes", .integer(1_048_576...1_099_511_627_776), "1073741824",
      "how much memory a statement may use beside the tables"),
    Setting(
      "query.concurrent_per_caller", .integer(1...1_000), "8",
      "how many statements of one principal may run or wait at once"),
    Setting(
      "export.longest_ms", .integer(1...86_400_000), "900000",
      "how long an export may take to be read"
    ),
    Setting(
      "live.streams", .integer(1...10_000), "256", "how many streams of live counters may be open"),
    Setting(
      "live.streams_per_caller", .integer(1...10_000), "8",
      "how many of them one principal may have"),
    Setting(
      "reporting.time_zone", .timeZone, "UTC",
      "the zone in which days of reports begin, unless a request says otherwise"),
    Setting(
      "reporting.organization_time_zones", .organizationTimeZones, nil,
      "the same of single organisations: acme=Europe/Berlin"),
    Setting("metrics.access", .choice(["token", "open"]), "token", "who may read /metrics"),
    Setting("tls.certificate_file", .text(largestByteCount: 4096), nil, "PEM; with tls.key_file"),
    Setting("tls.key_file", .text(largestByteCount: 4096), nil, "PEM; with tls.certificate_file"),
    Setting("token.issuer", .text(largestByteCount: 512), "daybook", "`iss` of tokens"),
    Setting("token.audience", .text(largestByteCount: 512), "daybook", "`aud` of tokens"),
    Setting("token.secret", .secret(smallestByteCount: 32), nil, "the key of HS256 tokens"),
    Setting(
      "token.secret_file", .text(largestByteCount: 4096), nil,
      "a file with the key of HS256 tokens, which only its owner may read"),
    Setting("token.key_file", .text(largestByteCount: 4096), nil, "a PEM key of tokens"),
    Setting(
      "token.jwks_file", .text(largestByteCount: 4096), nil, "public keys of tokens, by name"),
    Setting("token.clock_skew_seconds", .integer(0...300), "30", "how far clocks may differ"),
    Setting(
      "token.longest_lifetime_seconds", .integer(60...2_678_400), "86400",
      "how far ahead tokens may expire"),
    Setting("access.superadmins", .list(largestCount: 100), nil, "who may be superadmin"),
    Setting("pseudonym.key", .secret(smallestByteCount: 32), nil, "the key of pseudonyms"),
    Setting("log.format", .choice(["text", "json"]), "text", "how the log is written"),
    Setting(
      "log.level", .choice(["debug", "info", "warning", "error"]), "info", "from where on it is"),
  ]
}
