public import ColumnStore

// The record of a transaction in the journal. Numbers are little-endian; strings are a length of 4
// bytes and UTF-8; a list is a count of 4 bytes and its elements.
//
//   version           1  1
//   changes           list of: tag 1, content
//
//   1 created domain  string
//   2 created table   name (string); columns: list of name, type, flag NOT NULL, domain, text storage
//                     (strings); partition column 4, FFFFFFFF without one; primary key: list of 4
//   3 created view    name, definition (strings); columns: list of name, type, source (strings);
//                     uses: list of strings
//   4 dropped         list of strings
//   5 truncated       string
//   6 changed rows    table (string); deleted: list of partition kind 1 (0 all, 1 null, 2 day), day 8,
//                     rows: list of gaps; appended: list of batches
//   7 altered table   name (string); alterations: list of kind 1, content (1 table renamed: string;
//                     2 column renamed: string, string; 3 column added: as in 2; 4 dropped: string;
//                     5 label set: column, label, "" for none; 6 retention: days 4, 0 without;
//                     7 roll-up: source, definition (strings); 8 append-only from here on: nothing)
//   9 dropped days  list of table (string), day 8, rows 8, bytes 8, time 8
//
// The labels of columns that are created or added follow as alterations.
//
// A deleted row is the number of rows of its partition before it that are not deleted; a gap is how
// many are between it and the one before in the list, in groups of 7 bits, the lowest first, with the
// highest bit of a byte set where another follows.
//
// BatchFormat.swift draws batches.

/// Transactions as records of the journal.
public enum ChangeFormat {
  static let version: UInt8 = 1

  // Stored on disk: never renumber, never reuse.
  enum Tag: UInt8 {
    case createdDomain = 1
    case createdTable = 2
    case createdView = 3
    case dropped = 4
    case truncated = 5
    case changedRows = 6
    case alteredTable = 7
    case droppedDays = 9
  }

  // Stored on disk: never renumber, never reuse.
  enum AlterationTag: UInt8 {
    case renameTable = 1
    case renameColumn = 2
    case addColumn = 3
    case dropColumn = 4
    case setLabel = 5
    case setRetention = 6
    case setRollUp = 7
    case setAppendOnly = 8
    case addKeyColumn = 9
  }

  static let noPartitionColumn = UInt32.max
  /// More rows than any memory holds; gaps up to it have 8 bytes.
  static let greatestRow = 1 << 48

  public static func bytes(of changes: [StoreChange]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(version)
    writer.writeList(changes.flatMap(\.withSeparateLabels)) { $0.write($1) }
    return writer.bytes
  }

  /// The changes of a record, which is that at `position` of `journal`: both are for the error.
  /// Whether they fit the tables that there are, applying them tells.
  public static func changes(
    in record: [UInt8], journal: String, position: UInt64
  ) throws(PersistenceError) -> [StoreChange] {
    try record.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      var reader = ByteReader(bytes, file: "\(journal), record \(position)")
      let version = try reader.read(UInt8.self)
      guard version <= Self.version else {
        throw .unsupportedVersion(file: reader.file, version: Int(version))
      }
      guard version == Self.version else { throw reader.damaged("format version \(version)") }
      let changes = try reader.readList { (reader) throws(PersistenceError) in
        try reader.readChange()
      }
      try reader.expectEnd()
      return changes
    }
  }
}

extension ByteWriter {
  mutating func writeList<Element>(
    _ elements: some Collection<Element>, _ body: (inout ByteWriter, Element) -> Void
  ) {
    write(UInt32(elements.count))
    for element in elements { body(&self, element) }
  }

  fileprivate mutating func write(_ change: StoreChange) {
    switch change {
    case .createdDomain(let name):
      write(ChangeFormat.Tag.createdDomain.rawValue)
      write(name)
    case .createdTable(let schema):
      write(ChangeFormat.Tag.createdTable.rawValue)
      write(schema)
    case .alteredTable(let name, let alterations):
      write(ChangeFormat.Tag.alteredTable.rawValue)
      write(name)
      writeList(alterations) { $0.write($1) }
    case .createdView(let view):
      write(ChangeFormat.Tag.createdView.rawValue)
      write(view)
    case .dropped(let names):
      write(ChangeFormat.Tag.dropped.rawValue)
      writeList(names.sorted()) { $0.write($1) }
    case .truncatedTable(let name):
      write(ChangeFormat.Tag.truncated.rawValue)
      write(name)
    case .changedRows(let table, let deleted, let appended):
      write(ChangeFormat.Tag.changedRows.rawValue)
      write(table)
      writeList(deleted) { $0.write($1) }
      writeList(appended) { $0.write($1) }
    case .droppedDays(let drops):
      write(ChangeFormat.Tag.droppedDays.rawValue)
      writeList(drops) { writer, drop in
        writer.write(drop.table)
        writer.write(drop.day)
        writer.write(UInt64(clamping: drop.rowCount))
        writer.write(UInt64(clamping: drop.byteCount))
        writer.write(drop.droppedAt)
      }
    }
  }

  private mutating func write(_ schema: TableSchema) {
    write(schema.name)
    writeList(schema.columns) { $0.write($1) }
    write(schema.partitionColumn.map { UInt32($0) } ?? ChangeFormat.noPartitionColumn)
    writeList(schema.primaryKey) { $0.write(UInt32($1)) }
  }

  private mutating func write(_ column: ColumnDefinition) {
    write(column.name)
    write(column.type.sqlName)
    write(column.isNotNull)
    write(column.domain)
    write(column.textStorage.rawValue)
  }

  private mutating func write(_ alteration: TableAlteration) {
    switch alteration {
    case .renameTable(let name):
      write(ChangeFormat.AlterationTag.renameTable.rawValue)
      write(name)
    case .renameColumn(let name, let newName):
      write(ChangeFormat.AlterationTag.renameColumn.rawValue)
      write(name)
      write(newName)
    case .addColumn(let column):
      write(ChangeFormat.AlterationTag.addColumn.rawValue)
      write(column)
    case .dropColumn(let name):
      write(ChangeFormat.AlterationTag.dropColumn.rawValue)
      write(name)
    case .setLabel(let name, let label):
      write(ChangeFormat.AlterationTag.setLabel.rawValue)
      write(name)
      write(label?.rawValue ?? "")
    case .setAppendOnly:
      write(ChangeFormat.AlterationTag.setAppendOnly.rawValue)
    case .setRetention(let days):
      write(ChangeFormat.AlterationTag.setRetention.rawValue)
      write(UInt32(clamping: days ?? 0))
    case .setRollUp(let rollUp):
      write(ChangeFormat.AlterationTag.setRollUp.rawValue)
      write(rollUp.source)
      write(rollUp.definition)
    case .addKeyColumn(let name, let value):
      write(ChangeFormat.AlterationTag.addKeyColumn.rawValue)
      write(name)
      write(UInt64(bitPattern: value))
    }
  }

  private mutating func write(_ view: View) {
    write(view.name)
    write(view.definition)
    writeList(view.columns) { writer, column in
      writer.write(column.name)
      writer.write(column.type.sqlName)
      writer.write(column.source)
    }
    writeList(view.uses.sorted()) { $0.write($1) }
  }

  private mutating func write(_ deleted: DeletedRows) {
    switch deleted.partition {
    case .all:
      write(UInt8(0))
      write(Int64(0))
    case .null:
      write(UInt8(1))
      write(Int64(0))
    case .day(let day):
      write(UInt8(2))
      write(day)
    }
    var next = 0
    writeList(deleted.rows) { writer, row in
      writer.write(gap: UInt64(row - next))
      next = row + 1
    }
  }

  private mutating func write(gap: UInt64) {
    var rest = gap
    while rest >= 0x80 {
      write(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    write(UInt8(truncatingIfNeeded: rest))
  }
}
