import ColumnStore
import EngineTesting
import Sketches

/// Changes to a store, one after the other, the same for every seed: of all kinds, and of two
/// tables, one split by day and one with a key.
struct ChangeScript {
  enum Step {
    case change((Store) throws -> Void)
    case checkpoint
    /// Writes a snapshot if the journal is long enough for one.
    case checkpointIfDue
  }

  var steps: [Step] = []

  private static let events = TableSchema(
    name: "events",
    columns: [
      ColumnDefinition(name: "ts", type: .timestamp), ColumnDefinition(name: "kind", type: .text),
      ColumnDefinition(name: "n", type: .integer),
    ], partitionColumn: 0)

  private static let users = TableSchema(
    name: "users",
    columns: [
      ColumnDefinition(name: "id", type: .integer, isNotNull: true, textStorage: .dictionary),
      ColumnDefinition(name: "name", type: .text),
    ], partitionColumn: nil, primaryKey: [0])

  /// What a roll-up keeps of days that are gone.
  private static let daily: TableSchema = {
    var schema = TableSchema(
      name: "daily",
      columns: [
        ColumnDefinition(name: "day", type: .timestamp),
        ColumnDefinition(name: "rows", type: .integer),
        ColumnDefinition(name: "users", type: .hyperLogLog),
      ], partitionColumn: 0)
    schema.retentionDays = 1_000
    schema.rollUp = RollUp(source: "events", definition: "SELECT of no meaning here")
    return schema
  }()

  init(seed: UInt64, count: Int) {
    var generator = SplitMix64(seed: seed)
    steps.append(.change { try $0.createTable(Self.events) })
    steps.append(.change { try $0.createTable(Self.users) })
    steps.append(.change { try $0.createTable(Self.daily) })
    for number in 0..<count { steps.append(Self.step(number, &generator)) }
  }

  /// The state after each number of steps, as a store without a disk has it.
  func images() throws -> [CatalogImage] {
    let store = Store()
    var images = [try CatalogImage(store.catalog())]
    for step in steps {
      if case .change(let body) = step { try body(store) }
      images.append(try CatalogImage(store.catalog()))
    }
    return images
  }

  private static func step(_ number: Int, _ generator: inout SplitMix64) -> Step {
    switch generator.below(20) {
    case 0: return .checkpoint
    case 16: return .checkpointIfDue
    case 17:
      let days = generator.pick([nil, 1, 30])
      return .change { try $0.alterTable("events", [.setRetention(days: days)]) }
    case 18, 19: return drop(daysBefore: 1 + generator.below(3))
    case 1: return .change { try $0.createDomain("domain\(number)") }
    case 2:
      let view = View(
        name: "v\(number % 2)", definition: "SELECT \(number)",
        columns: [.init(name: "x", type: .integer, source: "x")], uses: ["events"])
      return .change { try $0.createView(view, replacing: true) }
    case 3: return .change { try $0.drop(["v0", "nothing"]) }
    case 4 where number % 3 == 0: return .change { try $0.truncateTables(["users", "events"]) }
    case 5:
      // More than a record takes.
      let batch = newEvents(400 + generator.below(400), number, &generator)
      return .change { try $0.append(to: "events", sealsTails: true) { try $0.append(batch) } }
    case 6:
      let batch = newEvents(5, number, &generator)
      return .change { store in
        try store.append(to: "events", from: .replaced(events)) { try $0.append(batch) }
      }
    case 7, 8: return delete(share: generator.pick([2, 3, 40]), from: generator.below(5), nil)
    case 9:
      return delete(
        share: 4, from: generator.below(4), newEvents(generator.below(9), number, &generator))
    case 10, 11:
      let ids = (0..<1 + generator.below(40)).map { _ in generator.below(90) }
      return .change { try $0.upsert(into: "users", Self.newUsers(ids, number)) }
    case 12:
      let ids = (0..<1 + generator.below(30)).map { _ in Int64(generator.below(90)) }
      let keys = RowBatch(
        rowCount: ids.count, columns: [ColumnValues(storage: .integers(ids))])
      return .change { try $0.delete(from: "users", keys: keys) }
    default:
      let batches = (0..<1 + generator.below(3)).map { _ in
        newEvents(generator.below(30), number, &generator)
      }
      return .change { store in
        try store.append(to: "events") { appender in
          for batch in batches { try appender.append(batch) }
        }
      }
    }
  }

  /// Drops days, which a roll-up keeps something of: more than a record takes, where there are many.
  private static func drop(daysBefore day: Int) -> Step {
    .change { store in
      _ = try store.dropExpiredDays(
        of: "events", after: 1, now: Int64(day + 1) * 86_400_000 + 1
      ) { schema, catalog in
        [rollUp(catalog.tables["events"]?.partitions ?? [])]
      }
    }
  }

  private static func rollUp(_ partitions: [Partition]) -> RowBatch {
    let pool = TextPool()
    var days: [Int64] = []
    for partition in partitions {
      guard case .day(let day) = partition.key else { continue }
      days.append(day * 86_400_000)
      var state = HyperLogLog()
      for row in 0..<partition.rowCount * 7 { state.insert(hash: StableHash.hash(Int64(row))) }
      pool.append(Value.hyperLogLog(state).formatted())
    }
    return RowBatch(
      rowCount: days.count,
      columns: [
        ColumnValues(storage: .integers(days)),
        ColumnValues(storage: .integers(partitions.map { Int64($0.rowCount) })),
        ColumnValues(storage: .text(codes: days.indices.map { UInt32($0) }, pool: pool)),
      ])
  }

  /// Deletes one row in `share`, or nearly all where that is 2, and appends some.
  private static func delete(share: Int, from start: Int, _ appended: RowBatch?) -> Step {
    .change { store in
      try store.change("events") { transaction in
        guard let table = transaction.catalog.tables["events"] else { return }
        var number = start
        var locations: [RowLocation] = []
        for partition in table.partitions {
          for (place, segment) in partition.segments.enumerated() {
            for row in 0..<segment.rowCount where segment.live?[row] ?? true {
              number += 1
              if share == 2 ? number % 7 != 0 : number % share == 0 {
                locations.append(
                  RowLocation(partition: partition.key, segment: place, row: row))
              }
            }
          }
        }
        try transaction.delete(locations)
        if let appended { try transaction.append(appended) }
      }
    }
  }

  private static func newEvents(
    _ count: Int, _ number: Int, _ generator: inout SplitMix64
  ) -> RowBatch {
    let pool = TextPool()
    for kind in 0..<5 { pool.append("kind \(kind) of \(number % 4)") }
    let days = (0..<count).map { _ in Int64(generator.below(4)) * 86_400_000 }
    let validity = (0..<count).map { _ in UInt8(generator.below(9) == 0 ? 0 : 1) }
    return RowBatch(
      rowCount: count,
      columns: [
        ColumnValues(storage: .integers(days), validity: validity),
        ColumnValues(
          storage: .text(
            codes: (0..<count).map { _ in UInt32(generator.below(5)) }, pool: pool)),
        ColumnValues(storage: .integers((0..<count).map { Int64(number * 1_000 + $0) })),
      ])
  }

  private static func newUsers(_ ids: [Int], _ number: Int) -> RowBatch {
    let pool = TextPool()
    for id in ids { pool.append("user \(id) of step \(number)") }
    return RowBatch(
      rowCount: ids.count,
      columns: [
        ColumnValues(storage: .integers(ids.map { Int64($0) })),
        ColumnValues(storage: .text(codes: ids.indices.map { UInt32($0) }, pool: pool)),
      ])
  }
}
