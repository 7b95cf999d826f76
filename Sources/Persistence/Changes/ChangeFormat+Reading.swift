internal import ColumnStore

extension ByteReader {
  /// A list whose count is believed only as far as there are bytes.
  mutating func readList<Element>(
    _ body: (inout ByteReader) throws(PersistenceError) -> Element
  ) throws(PersistenceError) -> [Element] {
    let count = Int(try read(UInt32.self))
    // No element has less than a byte.
    guard count <= remaining else { throw damaged("a list of \(count)") }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }

  private mutating func readStrings() throws(PersistenceError) -> [String] {
    try readList { (reader) throws(PersistenceError) in try reader.readString() }
  }

  mutating func readChange() throws(PersistenceError) -> StoreChange {
    guard let tag = ChangeFormat.Tag(rawValue: try read(UInt8.self)) else {
      throw damaged("a kind of change that does not exist")
    }
    switch tag {
    case .createdDomain: return .createdDomain(try readString())
    case .createdTable: return .createdTable(try readSchema())
    case .alteredTable:
      let name = try readString()
      return .alteredTable(
        name, try readList { (reader) throws(PersistenceError) in try reader.readAlteration() })
    case .createdView: return .createdView(try readView())
    case .dropped: return .dropped(Set(try readStrings()))
    case .truncated: return .truncatedTable(try readString())
    case .changedRows:
      let table = try readString()
      let deleted = try readList { (reader) throws(PersistenceError) in try reader.readDeleted() }
      return .changedRows(
        table: table, deleted: deleted,
        appended: try readList { (reader) throws(PersistenceError) in try reader.readBatch() })
    case .droppedDays:
      return .droppedDays(
        try readList { (reader) throws(PersistenceError) in try reader.readDrop() })
    }
  }

  private mutating func readDrop() throws(PersistenceError) -> RetentionDrop {
    let table = try readString()
    let day = try read(Int64.self)
    let rowCount = try read(UInt64.self)
    let byteCount = try read(UInt64.self)
    let time = try read(Int64.self)
    guard let drop = RetentionDrop(table, day: day, rowCount, byteCount, at: time) else {
      throw damaged("a day of table '\(table)' that cannot have been dropped")
    }
    return drop
  }

  private mutating func readType() throws(PersistenceError) -> DataType {
    let name = try readString()
    guard let type = DataType(sqlName: name) else { throw damaged("a type '\(name)'") }
    return type
  }

  private mutating func readAlteration() throws(PersistenceError) -> TableAlteration {
    guard let tag = ChangeFormat.AlterationTag(rawValue: try read(UInt8.self)) else {
      throw damaged("a kind of ALTER TABLE that does not exist")
    }
    return switch tag {
    case .renameTable: .renameTable(to: try readString())
    case .renameColumn: .renameColumn(try readString(), to: try readString())
    case .addColumn: .addColumn(try readColumn())
    case .dropColumn: .dropColumn(try readString())
    case .setLabel: .setLabel(try readString(), try readLabel())
    case .setAppendOnly: .setAppendOnly
    case .setRetention: .setRetention(days: try readRetention())
    case .setRollUp: .setRollUp(RollUp(source: try readString(), definition: try readString()))
    case .addKeyColumn:
      .addKeyColumn(try readString(), value: Int64(bitPattern: try read(UInt64.self)))
    }
  }

  private mutating func readLabel() throws(PersistenceError) -> ColumnLabel? {
    let name = try readString()
    if name.isEmpty { return nil }
    guard let label = ColumnLabel(rawValue: name) else {
      throw damaged("a label that does not exist")
    }
    return label
  }

  private mutating func readRetention() throws(PersistenceError) -> Int? {
    let days = Int(try read(UInt32.self))
    guard days == 0 || TableSchema.retentionRange.contains(days) else {
      throw damaged("a retention of \(days) days")
    }
    return days == 0 ? nil : days
  }

  private mutating func readColumn() throws(PersistenceError) -> ColumnDefinition {
    let name = try readString()
    let type = try readType()
    let isNotNull = try readFlag()
    let domain = try readString()
    guard let storage = TextStorage(rawValue: try readString()) else {
      throw damaged("a way of keeping text that does not exist")
    }
    return ColumnDefinition(
      name: name, type: type, isNotNull: isNotNull, domain: domain, textStorage: storage)
  }

  private mutating func readSchema() throws(PersistenceError) -> TableSchema {
    let name = try readString()
    let columns = try readList { (reader) throws(PersistenceError) in try reader.readColumn() }
    let partitionColumn = try read(UInt32.self)
    let primaryKey = try readList { (reader) throws(PersistenceError) in
      Int(try reader.read(UInt32.self))
    }
    let schema = TableSchema(
      name: name, columns: columns,
      partitionColumn: partitionColumn == ChangeFormat.noPartitionColumn
        ? nil : Int(partitionColumn), primaryKey: primaryKey)
    guard primaryKey.allSatisfy(columns.indices.contains),
      Set(primaryKey).count == primaryKey.count
    else { throw damaged("table '\(name)': a key of columns that it lacks") }
    do throws(StoreError) { try schema.validate() } catch {
      throw damaged("table '\(name)': \(error)")
    }
    return schema
  }

  private mutating func readView() throws(PersistenceError) -> View {
    let name = try readString()
    let definition = try readString()
    let columns = try readList { (reader) throws(PersistenceError) in
      View.Column(
        name: try reader.readString(), type: try reader.readType(),
        source: try reader.readString())
    }
    guard !columns.isEmpty else { throw damaged("view '\(name)' has no columns") }
    return View(
      name: name, definition: definition, columns: columns, uses: Set(try readStrings()))
  }

  private mutating func readDeleted() throws(PersistenceError) -> DeletedRows {
    let kind = try read(UInt8.self)
    let day = try read(Int64.self)
    let partition: Partition.Key
    switch (kind, day) {
    case (0, 0): partition = .all
    case (1, 0): partition = .null
    case (2, _): partition = .day(day)
    default: throw damaged("a partition of kind \(kind)")
    }
    var next = 0
    let rows = try readList { (reader) throws(PersistenceError) in
      let gap = try reader.readGap()
      guard gap <= ChangeFormat.greatestRow - next else { throw reader.damaged("a gap of \(gap)") }
      defer { next += gap + 1 }
      return next + gap
    }
    return DeletedRows(partition: partition, rows: rows)
  }

  private mutating func readGap() throws(PersistenceError) -> Int {
    var gap = 0
    for group in 0..<8 {
      let byte = try read(UInt8.self)
      gap |= Int(byte & 0x7F) << (group * 7)
      guard byte & 0x80 != 0 else {
        guard byte != 0 || group == 0 else { break }
        return gap
      }
    }
    throw damaged("a gap that is too long")
  }
}
