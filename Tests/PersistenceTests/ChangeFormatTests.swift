import ColumnStore
import EngineTesting
import Persistence
import Testing

@Suite struct `A change in the journal` {
  private func bytes(_ changes: [StoreChange]) -> [UInt8] { ChangeFormat.bytes(of: changes) }

  private func changes(_ bytes: some Sequence<UInt8>) throws(PersistenceError) -> [StoreChange] {
    try ChangeFormat.changes(in: Array(bytes), journal: "j", position: 7)
  }

  // MARK: - Random changes

  private func text(_ generator: inout SplitMix64) -> String {
    let words = ["", "a", "ü", "日本", "🙂", "name", String(repeating: "x", count: 300), "a\0b"]
    return generator.pick(words) + (generator.chance(0.5) ? "\(generator.below(50))" : "")
  }

  private func column(_ rowCount: Int, _ generator: inout SplitMix64) -> ColumnValues {
    let share = generator.pick([0, 0.3, 1])
    let validity = (0..<rowCount).map { _ in UInt8(generator.chance(share) ? 0 : 1) }
    let storage: ColumnValues.Storage
    switch generator.below(5) {
    case 0: return ColumnValues(storage: .nulls)
    case 1: storage = .booleans((0..<rowCount).map { _ in UInt8(generator.below(2)) })
    case 2:
      let bits = generator.below(65)
      storage = .integers(
        (0..<rowCount).map { _ in
          Int64(bitPattern: bits == 0 ? 42 : generator.next() >> UInt64(64 - bits))
        })
    case 3:
      storage = .doubles(
        (0..<rowCount).map { _ in
          generator.pick([0, -0.0, .infinity, .nan, 1.5, Double(bitPattern: generator.next())])
        })
    default:
      let pool = TextPool()
      let count = rowCount < 20 ? 5 : generator.pick([1, 300, 5_000])
      for _ in 0..<count { pool.append(text(&generator)) }
      storage = .text(
        codes: (0..<rowCount).map { _ in UInt32(generator.below(count)) }, pool: pool)
    }
    return ColumnValues(storage: storage, validity: generator.chance(0.5) ? validity : nil)
  }

  private func batch(_ generator: inout SplitMix64, _ most: Int) -> RowBatch {
    let rowCount = generator.pick([0, 1, 7, 8, 9, most])
    return RowBatch(
      rowCount: rowCount,
      columns: (0..<generator.below(6)).map { _ in column(rowCount, &generator) })
  }

  private func change(_ generator: inout SplitMix64, most: Int = 300) -> StoreChange {
    switch generator.below(8) {
    case 6:
      return .droppedDays(
        (0..<generator.below(4)).map { _ in
          RetentionDrop(
            table: text(&generator), day: Int64(generator.below(40_000)) - 20_000,
            rowCount: generator.below(1 << 40), byteCount: generator.below(1 << 40),
            droppedAt: Int64(generator.below(1 << 40)))
        })
    case 0: return .createdDomain(text(&generator))
    case 1:
      let types: [DataType] = [
        .boolean, .integer, .double, .text, .timestamp, .date, .json, .hyperLogLog, .digest,
      ]
      return .createdTable(
        TableSchema(
          name: text(&generator),
          columns: [ColumnDefinition(name: "at", type: .timestampWithTimeZone, isNotNull: true)]
            + (0..<generator.below(5)).map {
              ColumnDefinition(
                name: "c\($0)", type: generator.pick(types), isNotNull: generator.chance(0.5),
                domain: text(&generator),
                textStorage: generator.pick([.automatic, .dictionary, .plain]))
            }, partitionColumn: generator.chance(0.5) ? 0 : nil,
          primaryKey: generator.chance(0.5) ? [0] : []))
    case 2:
      return .createdView(
        View(
          name: "v", definition: "SELECT " + text(&generator),
          columns: [.init(name: "x", type: .integer, source: "x")], uses: ["a", "b"]))
    case 3: return .dropped(Set((0..<generator.below(4)).map { "t\($0)" }))
    case 4: return .truncatedTable(text(&generator))
    case 5:
      return .alteredTable(
        text(&generator),
        [
          .renameTable(to: text(&generator)), .renameColumn("a", to: text(&generator)),
          .addColumn(
            ColumnDefinition(name: text(&generator), type: .date, isNotNull: generator.chance(0.5))),
          .dropColumn(text(&generator)),
          .setLabel(text(&generator), generator.pick([nil] + ColumnLabel.allCases)),
          .setRetention(days: generator.pick([nil, 1, 90, 36_500])),
          .setRollUp(RollUp(source: text(&generator), definition: text(&generator))),
          .addKeyColumn(text(&generator), value: generator.pick([0, -1, .max, .min])),
        ])
    default:
      let keys: [Partition.Key] = [.all, .null, .day(-3), .day(20_000)]
      let deleted = keys.prefix(generator.below(5)).map { key in
        let most = generator.pick([5, 300, 1 << 40])
        return DeletedRows(
          partition: key,
          rows: Set((0..<generator.below(9)).map { _ in generator.below(most) }).sorted())
      }
      return .changedRows(
        table: text(&generator), deleted: deleted,
        appended: (0..<generator.below(3)).map { _ in batch(&generator, most) })
    }
  }

  // MARK: - What they mean

  /// Doubles by their bits.
  private func values(_ column: ColumnValues, _ rowCount: Int) -> [String?] {
    (0..<rowCount).map { row in
      guard column.validity?[row] != 0 else { return nil }
      return switch column.storage {
      case .nulls: nil
      case .booleans(let values): "\(values[row])"
      case .integers(let values): "\(values[row])"
      case .doubles(let values): "\(values[row].bitPattern)"
      case .text(let codes, let pool): pool.string(Int(codes[row]))
      }
    }
  }

  private func describe(_ batch: RowBatch) -> String {
    "\(batch.rowCount) \(batch.columns.map { values($0, batch.rowCount) })"
  }

  private func describe(_ change: StoreChange) -> String {
    switch change {
    case .createdDomain, .createdTable, .truncatedTable, .alteredTable, .droppedDays:
      "\(change)"
    case .dropped(let names): "dropped \(names.sorted())"
    case .createdView(let view):
      "\(view.name) \(view.definition) \(view.columns) \(view.uses.sorted())"
    case .changedRows(let table, let deleted, let appended):
      "\(table) \(deleted) \(appended.map(describe))"
    }
  }

  /// Follows every code to its text.
  private func touch(_ change: StoreChange) {
    let appended: [RowBatch]
    switch change {
    case .changedRows(_, _, let batches): appended = batches
    default: return
    }
    for column in appended.flatMap(\.columns) {
      guard case .text(let codes, let pool) = column.storage else { continue }
      for row in codes.indices where column.validity?[row] != 0 {
        pool.withBytes(Int(codes[row])) { text in
          precondition(text.count >= 0, "a text of fewer bytes than none")
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `comes back as it was`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let written = (0..<generator.below(5)).map { _ in change(&generator) }
    let bytes = bytes(written)
    let read = try changes(bytes)
    #expect(read.map(describe) == written.map(describe))
    // And is written the same again.
    #expect(self.bytes(read) == bytes)
  }

  @Test(arguments: UInt64(0)..<30)
  func `that was cut or changed is refused or harmless`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let bytes = bytes((0..<1 + generator.below(3)).map { _ in change(&generator, most: 12) })
    for index in bytes.indices {
      #expect(throws: PersistenceError.self) { try changes(bytes[..<index]) }
      for byte: UInt8 in [0, 0x80, 0xFF, bytes[index] ^ 1] {
        var changed = bytes
        changed[index] = byte
        // What is read can be looked at.
        for change in (try? changes(changed)) ?? [] { touch(change) }
      }
    }
    #expect(throws: PersistenceError.self) { try changes(bytes + [0]) }
  }

  @Test func `of random bytes is refused`() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<2_000 {
      let bytes = [1] + (0..<generator.below(80)).map { _ in UInt8(generator.below(8)) }
      for change in (try? changes(bytes)) ?? [] where describe(change).isEmpty {
        Issue.record("a change that is nothing")
      }
    }
  }

  @Test func `of a newer version is refused by name`() {
    #expect(throws: PersistenceError.unsupportedVersion(file: "j, record 7", version: 2)) {
      try changes([2, 0, 0, 0, 0])
    }
  }

  @Test func `keeps only the texts that its rows have`() throws {
    let pool = TextPool()
    for entry in 0..<100_000 { pool.append("entry \(entry)") }
    let batch = RowBatch(
      rowCount: 3,
      columns: [ColumnValues(storage: .text(codes: [70_000, 5, 70_000], pool: pool))])
    let bytes = bytes([.changedRows(table: "t", deleted: [], appended: [batch])])
    #expect(bytes.count < 80)
    guard case .changedRows(_, _, let appended)? = try changes(bytes).first,
      case .text(let codes, let read)? = appended.first?.columns.first?.storage
    else {
      Issue.record("no texts")
      return
    }
    #expect(codes == [0, 1, 0])
    #expect(read.string(0) == "entry 70000" && read.string(1) == "entry 5")
  }

  @Test func `can be applied to a table`() throws {
    let store = Store()
    let schema = TableSchema(
      name: "t",
      columns: [
        ColumnDefinition(name: "n", type: .integer), ColumnDefinition(name: "s", type: .text),
      ], partitionColumn: nil)
    let pool = TextPool()
    pool.append("one")
    let batch = RowBatch(
      rowCount: 2,
      columns: [
        ColumnValues(storage: .integers([1, -1])),
        ColumnValues(storage: .text(codes: [0, 9], pool: pool), validity: [1, 0]),
      ])
    let bytes = bytes([
      .createdTable(schema),
      .changedRows(table: "t", deleted: [], appended: [batch]),
    ])
    try store.apply(try changes(bytes))
    #expect(store.catalog().tables["t"]?.rowCount == 2)
  }
}
