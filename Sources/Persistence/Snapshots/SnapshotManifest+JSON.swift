internal import ColumnStore

// Numbers that may need more than 63 bits are strings.

extension SnapshotManifest {
  var json: JSONText {
    var members: [(name: String, value: JSONText)] = [
      ("format", .string(Self.format)), ("version", .integer(version)),
      ("id", .string(id.description)), ("createdAt", .integer(Int(createdAt))),
      ("journalPosition", .string(String(journalPosition))),
    ]
    if let journalMark { members.append(("journalMark", journalMark.json)) }
    members += [
      ("catalogVersion", .string(String(catalogVersion))),
      ("domains", .array(domains.map { $0.json(in: id) })),
      ("tables", .array(tables.map { $0.json(in: id) })),
      ("views", .array(views.map(\.json))),
    ]
    if !retentionDrops.isEmpty {
      members.append(("retentionDrops", .array(retentionDrops.map(\.json))))
    }
    if let erasure { members.append(("erasure", erasure.json)) }
    return .object(members)
  }

  init?(_ json: JSONText) {
    guard let id = json["id"]?.string.flatMap({ SnapshotID(folderName: $0) }),
      let createdAt = json["createdAt"]?.integer.map({ Int64($0) }),
      Calendar.millisecondRange.contains(createdAt),
      let journalPosition = json["journalPosition"]?.string.flatMap({ UInt64($0) }),
      let catalogVersion = json["catalogVersion"]?.string.flatMap({ UInt64($0) }),
      let domains = json["domains"]?.all({ Domain($0, in: id) }),
      let tables = json["tables"]?.all({ Table($0, in: id) }),
      let views = json["views"]?.all({ View($0) }),
      let drops = (json["retentionDrops"] ?? .array([])).all({ RetentionDrop($0) })
    else { return nil }
    var mark: JournalMark?
    if let json = json["journalMark"] {
      guard let found = JournalMark(json) else { return nil }
      mark = found
    }
    var erasure: ErasureReceipt?
    if let json = json["erasure"] {
      guard let found = ErasureReceipt(json) else { return nil }
      erasure = found
    }
    self.init(
      id: id, createdAt: createdAt, journalPosition: journalPosition, journalMark: mark,
      catalogVersion: catalogVersion, domains: domains, tables: tables, views: views,
      retentionDrops: drops, erasure: erasure)
  }
}

extension JSONText {
  /// All elements of an array; `nil` if one of them, or the array itself, is none.
  fileprivate func all<Element>(_ element: (JSONText) -> Element?) -> [Element]? {
    guard let array else { return nil }
    let elements = array.compactMap(element)
    return elements.count == array.count ? elements : nil
  }

  /// Counts and offsets: never negative, and small enough to add up.
  fileprivate var count: Int? {
    integer.flatMap { (0...(1 << 48)).contains($0) ? $0 : nil }
  }
}

extension SnapshotManifest.File {
  func members(in id: SnapshotID) -> [(name: String, value: JSONText)] {
    var members: [(name: String, value: JSONText)] = [
      ("name", .string(name)), ("bytes", .integer(byteCount)), ("xxh3", .string(checksum)),
    ]
    if origin != id { members.append(("from", .string(origin.description))) }
    return members
  }

  init?(_ json: JSONText, in id: SnapshotID) {
    guard let name = json["name"]?.string, let byteCount = json["bytes"]?.count,
      let checksum = json["xxh3"]?.string, !name.contains("/"), !name.hasPrefix("."),
      name.hasSuffix(".lz4")
    else { return nil }
    var origin = id
    if let from = json["from"] {
      guard let found = from.string.flatMap({ SnapshotID(folderName: $0) }) else { return nil }
      origin = found
    }
    self.init(name: name, byteCount: byteCount, checksum: checksum, origin: origin)
  }
}

extension SnapshotManifest.SegmentFile {
  func json(in id: SnapshotID) -> JSONText {
    .object(
      file.members(in: id) + [
        ("contentsOffset", .integer(contentsOffset)), ("contentsXXH3", .string(contentsChecksum)),
        ("segments", .integer(segmentCount)), ("rows", .integer(rowCount)),
        ("columnBytes", .integer(columnByteCount)),
      ])
  }

  init?(_ json: JSONText, in id: SnapshotID) {
    guard let file = SnapshotManifest.File(json, in: id),
      let contentsOffset = json["contentsOffset"]?.count, contentsOffset < file.byteCount,
      let contentsChecksum = json["contentsXXH3"]?.string,
      let segmentCount = json["segments"]?.count, segmentCount > 0,
      let rowCount = json["rows"]?.count, let columnByteCount = json["columnBytes"]?.count
    else { return nil }
    self.init(
      file: file, contentsOffset: contentsOffset, contentsChecksum: contentsChecksum,
      segmentCount: segmentCount, rowCount: rowCount, columnByteCount: columnByteCount)
  }
}

extension SnapshotManifest.Partition {
  func json(in id: SnapshotID) -> JSONText {
    var members: [(name: String, value: JSONText)] = []
    switch key {
    case .all: break
    case .null: members.append(("day", .null))
    case .day(let day): members.append(("day", .integer(Int(day))))
    }
    members.append(("version", .string(String(version))))
    members.append(("files", .array(files.map { $0.json(in: id) })))
    return .object(members)
  }

  init?(_ json: JSONText, in id: SnapshotID) {
    guard let version = json["version"]?.string.flatMap({ UInt64($0) }),
      let files = json["files"]?.all({ SnapshotManifest.SegmentFile($0, in: id) })
    else { return nil }
    let key: ColumnStore.Partition.Key
    switch json["day"] {
    case nil: key = .all
    case .null?: key = .null
    case .integer(let day)?:
      guard Calendar.dayRange.contains(Int64(day)) else { return nil }
      key = .day(Int64(day))
    default: return nil
    }
    self.init(key: key, version: version, files: files)
  }
}

extension SnapshotManifest.Table {
  func json(in id: SnapshotID) -> JSONText {
    var members: [(name: String, value: JSONText)] = [
      ("name", .string(schema.name)),
      ("partitionColumn", schema.partitionColumn.map { .integer($0) } ?? .null),
      ("primaryKey", .array(schema.primaryKey.map { .integer($0) })),
    ]
    if schema.isAppendOnly { members.append(("appendOnly", .boolean(true))) }
    if let days = schema.retentionDays { members.append(("retentionDays", .integer(days))) }
    if let rollUp = schema.rollUp { members.append(("rollUp", rollUp.json)) }
    members += [
      ("columns", .array(schema.columns.map(\.json))),
      ("partitions", .array(partitions.map { $0.json(in: id) })),
    ]
    return .object(members)
  }

  init?(_ json: JSONText, in id: SnapshotID) {
    guard let name = json["name"]?.string, let partitionColumn = json["partitionColumn"],
      partitionColumn == .null || partitionColumn.integer != nil,
      let primaryKey = json["primaryKey"]?.all(\.integer),
      let columns = json["columns"]?.all({ ColumnDefinition($0) }),
      let partitions = json["partitions"]?.all({ SnapshotManifest.Partition($0, in: id) })
    else { return nil }
    var schema = TableSchema(
      name: name, columns: columns, partitionColumn: partitionColumn.integer,
      primaryKey: primaryKey)
    if let isAppendOnly = json["appendOnly"] {
      guard let isAppendOnly = isAppendOnly.boolean else { return nil }
      schema.isAppendOnly = isAppendOnly
    }
    if let days = json["retentionDays"] {
      guard let days = days.integer else { return nil }
      schema.retentionDays = days
    }
    if let rollUp = json["rollUp"] {
      guard let rollUp = RollUp(rollUp) else { return nil }
      schema.rollUp = rollUp
    }
    self.init(schema: schema, partitions: partitions)
  }
}

extension SnapshotManifest.DictionaryPart {
  func json(in id: SnapshotID) -> JSONText {
    .object(
      file.members(in: id) + [
        ("plainBytes", .integer(plainByteCount)), ("firstCode", .integer(firstCode)),
        ("entries", .integer(entryCount)),
      ])
  }

  init?(_ json: JSONText, in id: SnapshotID) {
    guard let file = SnapshotManifest.File(json, in: id),
      let plainByteCount = json["plainBytes"]?.count, let firstCode = json["firstCode"]?.count,
      let entryCount = json["entries"]?.count
    else { return nil }
    self.init(
      file: file, plainByteCount: plainByteCount, firstCode: firstCode, entryCount: entryCount)
  }
}

extension SnapshotManifest.Domain {
  func json(in id: SnapshotID) -> JSONText {
    .object([
      ("name", .string(name)), ("declared", .boolean(isDeclared)),
      ("parts", .array(parts.map { $0.json(in: id) })),
    ])
  }

  init?(_ json: JSONText, in id: SnapshotID) {
    guard let name = json["name"]?.string, let isDeclared = json["declared"]?.boolean,
      let parts = json["parts"]?.all({ SnapshotManifest.DictionaryPart($0, in: id) })
    else { return nil }
    self.init(name: name, isDeclared: isDeclared, parts: parts)
  }
}

extension JournalMark {
  fileprivate var json: JSONText {
    .object([
      ("file", .string(String(fileNumber))), ("bytes", .string(String(byteCount))),
      ("position", .string(String(position))), ("chain", .string(String(chain))),
    ])
  }

  fileprivate init?(_ json: JSONText) {
    func number(_ name: String) -> UInt64? { json[name]?.string.flatMap { UInt64($0) } }
    guard let file = number("file"), let bytes = number("bytes"),
      let position = number("position"), let chain = number("chain")
    else { return nil }
    self.init(fileNumber: file, byteCount: bytes, position: position, chain: chain)
  }
}
