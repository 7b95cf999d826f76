import AccessControl
import Authentication
import ColumnStore
import DiskTesting
import EngineTesting
import Intake
import Persistence
import Synchronization
import Testing

/// Intake over a database on a simulated disk, with the built-in tables, at a time that stands still.
final class IntakeHarness {
  static let now = UnixTime(milliseconds: 1_760_000_000_000)
  static let folder = "/data"

  let disk: SimulatedDisk
  let database: Database
  let intake: Intake
  var now: UnixTime

  init(
    _ disk: SimulatedDisk = SimulatedDisk(), at now: UnixTime = IntakeHarness.now, seed: UInt64 = 1,
    _ change: (inout IntakeRules) throws -> Void = { _ in }
  ) throws {
    self.disk = disk
    self.now = now
    let chance = Mutex(SplitMix64(seed: seed))
    let random: @Sendable () -> UInt64 = { chance.withLock { $0.next() } }
    let clock = Mutex(Duration.zero)
    var options = DatabaseOptions()
    options.patience = .zero
    database = try Database(
      Self.folder, forChanges: true, options: options,
      environment: DiskEnvironment(
        files: disk,
        now: {
          clock.withLock { clock in
            clock += .milliseconds(1)
            return clock
          }
        }, random: random))
    for table in IntakeTable.allCases where database.store.catalog().tables[table.rawValue] == nil {
      try database.store.createTable(TestTables.schema(of: table))
    }
    var rules = IntakeRules(pseudonymizer: try Self.pseudonymizer())
    try change(&rules)
    intake = try Intake(database.store, rules, at: now, random: random)
  }

  static func pseudonymizer() throws -> Pseudonymizer {
    try Pseudonymizer(key: Secret(Array(0..<32)))
  }

  static func organization(_ name: String) throws -> OrganizationID {
    try #require(OrganizationID(name))
  }

  /// For all kinds of records of one organisation; `nil`: of any.
  static func emitter(
    _ organization: String? = "acme", id: String = "key-1", user: String? = nil
  ) throws -> Emitter {
    Emitter(
      id: id, organization: try organization.map { try Self.organization($0) },
      kinds: Set(RecordKind.allCases), user: try user.map { try #require(UserID($0)) })
  }

  @discardableResult
  func accept(
    _ body: String, _ kind: IntakeKind = .event, from emitter: Emitter? = nil, key: String? = nil
  ) throws -> IntakeOutcome {
    try intake.accept(
      Array(body.utf8), kind, from: try emitter ?? Self.emitter(), at: now, batchKey: key)
  }

  /// What the store has after a loss of power, with intake made of it anew.
  func restarted(
    _ outcome: CrashOutcome = .nothingUnsynced, seed: UInt64 = 2,
    _ change: (inout IntakeRules) throws -> Void = { _ in }
  ) throws -> IntakeHarness {
    try IntakeHarness(SimulatedDisk(disk.image.crashed(outcome)), at: now, seed: seed, change)
  }

  /// The rows of a table, as columns by name.
  func rows(_ table: IntakeTable) throws -> [[String: Value]] {
    try database.store.rows(table.rawValue)
  }

  func expectBalanced(_ place: SourceLocation = #_sourceLocation) throws {
    for (account, totals) in intake.ledgerTotals {
      #expect(totals.isBalanced, "\(account): \(totals)", sourceLocation: place)
    }
  }

  /// The sum of all accounts.
  var totals: LedgerTotals {
    intake.ledgerTotals.values.reduce(into: LedgerTotals()) { sum, totals in
      sum.received += totals.received
      sum.accepted += totals.accepted
      sum.duplicates += totals.duplicates
      sum.failed += totals.failed
      sum.pending += totals.pending
    }
  }
}

extension Store {
  func rows(_ name: String) throws -> [[String: Value]] {
    let table = try #require(catalog().tables[name])
    var rows: [[String: Value]] = []
    for partition in table.partitions {
      for segment in partition.segments {
        let columns = try segment.chunks.map { try $0.values() }
        for row in 0..<segment.rowCount where segment.live?[row] ?? true {
          rows.append(
            Dictionary(
              uniqueKeysWithValues: zip(table.schema.columns, columns).compactMap {
                $1[row].isNull ? nil : ($0.name, $1[row])
              }))
        }
      }
    }
    return rows
  }
}

/// Tables with every column that a record can fill.
enum TestTables {
  private static let kinds: [IntakeTable: [IntakeKind]] = [
    .events: [.event, .tokenUsage, .request], .feedback: [.feedback], .threats: [.threat],
    .sessions: [.login], .users: [.user], .resources: [.resource],
  ]

  private static let own: [IntakeTable: [(String, DataType)]] = [
    .events: [
      ("category", .text), ("tokens_conflict", .boolean), ("cost_source", .text),
      ("emitter_key_id", .text),
    ],
    .feedback: [
      ("feedback_id", .text), ("kind", .text), ("received_at", .timestamp),
      ("answer_key", .integer),
    ],
    .threats: [("resolved", .boolean), ("resolved_at", .timestamp), ("resolved_by", .text)],
    .sessions: [
      ("device_type", .text), ("browser", .text), ("os", .text), ("logout_at", .timestamp),
      ("idle_seconds", .integer), ("total_seconds", .integer),
    ],
    .users: [("updated_at", .timestamp)],
    .deadLetters: [
      ("client_event_id", .text), ("user_id", .text), ("reason_field", .text), ("reason", .text),
      ("replayed_at", .timestamp),
    ],
  ]

  static func schema(of table: IntakeTable) -> TableSchema {
    if table == .ledger { return IntakeTable.ledgerSchema }
    var columns: [(name: String, type: DataType)] = table.neededColumns
    for kind in kinds[table] ?? [] {
      columns += RecordSchema.of(kind).fields.map { ($0.column, type(of: $0.type)) }
    }
    columns += (own[table] ?? []).map { ($0.0, $0.1) }
    var seen: Set<String> = []
    columns = columns.filter { seen.insert($0.name).inserted }
    let partition: String? =
      switch table {
      case .events, .feedback: "ts"
      case .deadLetters: "received_at"
      default: nil
      }
    return TableSchema(
      name: table.rawValue, columns: columns.map { ColumnDefinition(name: $0.name, type: $0.type) },
      partitionColumn: partition.flatMap { name in columns.firstIndex { $0.name == name } },
      primaryKey: table.key.compactMap { name in columns.firstIndex { $0.name == name } })
  }

  private static func type(of field: FieldType) -> DataType {
    switch field {
    case .integer, .rounded: .integer
    case .number, .money: .double
    case .boolean: .boolean
    case .time: .timestamp
    case .metadata: .json
    default: .text
    }
  }
}
