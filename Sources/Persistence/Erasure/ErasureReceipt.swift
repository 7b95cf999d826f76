public import ColumnStore

/// What is kept of an erasure: that it was done, when, and how much went. Nothing in it says who it was,
/// nor lets one try out who it may have been.
public struct ErasureReceipt: Sendable, Equatable {
  /// What looking through the whole folder afterwards found.
  public struct Search: Sendable, Equatable {
    /// Files that were read, and their bytes after decompression.
    public var fileCount = 0
    public var byteCount = 0
    /// Rows of columns that were not named, and still have the value.
    public var places: [ValuePlace] = []
    /// Dictionaries that still have it.
    public var domainCount = 0
    /// How often its bytes stand anywhere else: within longer texts, or by chance.
    public var otherCount = 0
    /// The files that these are in, without the folder's own path.
    public var otherFiles: [String] = []

    public init() {}

    /// Nothing at all was found.
    public var isClean: Bool { places.isEmpty && domainCount == 0 && otherCount == 0 }
  }

  /// 16 hexadecimal digits, random.
  public var id: String
  /// Milliseconds since 1970-01-01 UTC.
  public var time: Int64
  public var effect: ErasureEffect
  /// Snapshots that had what was erased.
  public var removedSnapshots: [SnapshotID]
  /// `nil`: it was finished after an interruption, when nobody knew what to look for.
  public var search: Search?
  /// What could not be removed yet. Opening the folder for changes tries again.
  public var unfinished: PersistenceError?

  init(id: String, time: Int64, effect: ErasureEffect, removedSnapshots: [SnapshotID]) {
    self.id = id
    self.time = time
    self.effect = effect
    self.removedSnapshots = removedSnapshots
  }
}

extension ErasureReceipt {
  private static let format = "daybook-erasure"
  private static let version = 1

  static let notCovered = [
    "copies of the data folder and of its snapshots that are kept elsewhere",
    "blocks of the disk that deleted files had: their system overwrites them when it needs them",
    "memory that was given back and not used again, answers that were taken out, files that were loaded",
    "texts of others that mention the person, and values of other people's rows that are the same",
  ]

  var json: JSONText {
    var members: [(name: String, value: JSONText)] = [
      ("format", .string(Self.format)), ("version", .integer(Self.version)), ("id", .string(id)),
      ("time", .integer(Int(time))), ("tables", .array(effect.tables.map(\.json))),
      ("textsErased", .integer(effect.textCount)),
      ("snapshotsRemoved", .array(removedSnapshots.map { .string($0.description) })),
    ]
    if let search { members.append(("search", search.json)) }
    members.append(("notCovered", .array(Self.notCovered.map { .string($0) })))
    return .object(members)
  }

  init?(_ json: JSONText) {
    guard json["format"]?.string == Self.format, json["version"]?.integer == Self.version,
      let id = json["id"]?.string, id.utf8.count == 16,
      id.utf8.allSatisfy({ (0x30...0x39) ~= $0 || (0x61...0x66) ~= $0 }),
      let time = json["time"]?.integer.map({ Int64($0) }),
      Calendar.millisecondRange.contains(time), let tables = json["tables"]?.array,
      let textCount = json["textsErased"]?.integer,
      let removed = json["snapshotsRemoved"]?.array
    else { return nil }
    var effect = ErasureEffect()
    effect.tables = tables.compactMap { ErasureEffect.TableEffect($0) }
    effect.textCount = textCount
    let ids = removed.compactMap { $0.string.flatMap { SnapshotID(folderName: $0) } }
    guard effect.tables.count == tables.count, ids.count == removed.count else { return nil }
    self.init(id: id, time: time, effect: effect, removedSnapshots: ids)
    if let json = json["search"] {
      guard let search = Search(json) else { return nil }
      self.search = search
    }
  }
}

extension ErasureReceipt.Search {
  fileprivate var json: JSONText {
    .object([
      ("files", .integer(fileCount)), ("bytes", .integer(byteCount)),
      ("found", .integer(places.reduce(domainCount) { $0 + $1.rowCount })),
      (
        "places",
        .array(
          places.map {
            .object([
              ("table", .string($0.table)), ("column", .string($0.column)),
              ("rows", .integer($0.rowCount)),
            ])
          })
      ),
      ("dictionaries", .integer(domainCount)), ("otherBytes", .integer(otherCount)),
      ("otherFiles", .array(otherFiles.map { .string($0) })),
    ])
  }

  fileprivate init?(_ json: JSONText) {
    guard let fileCount = json["files"]?.integer, let byteCount = json["bytes"]?.integer,
      let places = json["places"]?.array, let domainCount = json["dictionaries"]?.integer,
      let otherCount = json["otherBytes"]?.integer, let otherFiles = json["otherFiles"]?.array
    else { return nil }
    self.fileCount = fileCount
    self.byteCount = byteCount
    self.places = places.compactMap { json in
      guard let table = json["table"]?.string, let column = json["column"]?.string,
        let rows = json["rows"]?.integer
      else { return nil }
      return ValuePlace(table: table, column: column, rowCount: rows)
    }
    self.domainCount = domainCount
    self.otherCount = otherCount
    self.otherFiles = otherFiles.compactMap(\.string)
    guard self.places.count == places.count, self.otherFiles.count == otherFiles.count else {
      return nil
    }
  }
}

extension ErasureEffect.TableEffect {
  fileprivate var json: JSONText {
    .object([
      ("name", .string(table)), ("rows", .integer(rowCount)),
      ("formerRows", .integer(formerRowCount)), ("replacedRows", .integer(replacedRowCount)),
      ("partitions", .integer(partitionCount)),
    ])
  }

  fileprivate init?(_ json: JSONText) {
    guard let name = json["name"]?.string, let rows = json["rows"]?.integer,
      let former = json["formerRows"]?.integer, let replaced = json["replacedRows"]?.integer,
      let partitions = json["partitions"]?.integer
    else { return nil }
    self.init(table: name)
    rowCount = rows
    formerRowCount = former
    replacedRowCount = replaced
    partitionCount = partitions
  }
}
