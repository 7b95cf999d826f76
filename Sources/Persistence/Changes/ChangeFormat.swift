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
//                     segment 4, rows: list of 4, ascending; appended: list of batches
//   7 altered table   name (string); alterations: list of kind 1, content (1 table renamed: string;
//                     2 column renamed: string, string; 3 column added: as in 2; 4 dropped: string)
//   8 filled table    as 2, then appended: list of batches
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
    case createdFilledTable = 8
  }

  // Stored on disk: never renumber, never reuse.
  enum AlterationTag: UInt8 {
    case renameTable = 1
    case renameColumn = 2
    case addColumn = 3
    case dropColumn = 4
  }

  static let noPartitionColumn = UInt32.max

  public static func bytes(of changes: [StoreChange]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(version)
    writer.write(UInt32(changes.count))
    for change in changes { writer.write(change) }
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
    case .createdFilledTable(let schema, let rows):
      write(ChangeFormat.Tag.createdFilledTable.rawValue)
      write(schema)
      writeList(rows) { $0.write($1) }
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
      writeList(DeletedRows.grouped(deleted)) { $0.write($1) }
      writeList(appended) { $0.write($1) }
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
    write(UInt32(deleted.segment))
    writeList(deleted.rows) { $0.write($1) }
  }
}

/// Rows of one segment that are deleted, ascending.
struct DeletedRows {
  var partition: Partition.Key
  var segment: Int
  var rows: [UInt32]

  /// Each row once, in order of their places.
  static func grouped(_ locations: [RowLocation]) -> [DeletedRows] {
    let sorted = Set(locations).sorted {
      ($0.partition, $0.segment, $0.row) < ($1.partition, $1.segment, $1.row)
    }
    var groups: [DeletedRows] = []
    for location in sorted {
      if let last = groups.last, last.partition == location.partition,
        last.segment == location.segment
      {
        groups[groups.count - 1].rows.append(UInt32(location.row))
      } else {
        groups.append(
          DeletedRows(
            partition: location.partition, segment: location.segment,
            rows: [UInt32(location.row)]))
      }
    }
    return groups
  }

  var locations: [RowLocation] {
    rows.map { RowLocation(partition: partition, segment: segment, row: Int($0)) }
  }
}
