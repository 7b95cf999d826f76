internal import ColumnStore

/// What a save consists of: `manifest.json`.
///
/// Its own last member is the checksum of all that stands before it, so that no byte of it can
/// change unnoticed.
struct Manifest {
  struct File {
    var name: String
    var byteCount: Int
    /// Decompressed.
    var plainByteCount: Int
    /// XXH3 (64 bits, seed 0) of the file as it is, 16 hexadecimal digits.
    var checksum: String
  }

  struct Domain {
    var name: String
    var isDeclared: Bool
    var file: File
  }

  struct TableFiles {
    var schema: TableSchema
    var files: [File]
  }

  static let fileName = "manifest.json"
  /// Saves without views are of version 1, which knows none; those without keys at most of version 2.
  static let version = 3

  var catalogVersion: UInt64
  var domains: [Domain]
  var tables: [TableFiles]
  var views: [View] = []

  init(_ bytes: [UInt8], file: String) throws(PersistenceError) {
    func damaged(_ reason: String, _ offset: Int = 0) -> PersistenceError {
      .damaged(file: file, offset: offset, reason: reason)
    }
    let json: JSONText
    do throws(JSONText.Mistake) { json = try JSONText(checking: bytes) } catch {
      throw damaged(error.reason, error.offset)
    }
    guard json["format"]?.string == "daybook-save", let version = json["version"]?.integer else {
      throw damaged("not the manifest of a save")
    }
    guard version <= Self.version else {
      throw .unsupportedVersion(file: file, version: version)
    }
    guard let catalogVersion = json["catalogVersion"]?.string.flatMap({ UInt64($0) }),
      let domains = json["domains"]?.array, let tables = json["tables"]?.array
    else { throw damaged("the manifest lacks a member") }
    self.catalogVersion = catalogVersion
    self.domains = []
    for domain in domains {
      guard let domain = Domain(domain) else { throw damaged("a domain that makes no sense") }
      self.domains.append(domain)
    }
    self.tables = []
    for table in tables {
      guard let table = TableFiles(table) else { throw damaged("a table that makes no sense") }
      self.tables.append(table)
    }
    for view in json["views"]?.array ?? [] {
      guard let view = View(view) else { throw damaged("a view that makes no sense") }
      views.append(view)
    }
  }
}

extension Manifest.File {
  fileprivate init?(_ json: JSONText?) {
    guard let json, let name = json["name"]?.string, let byteCount = json["bytes"]?.integer,
      let plainByteCount = json["plainBytes"]?.integer, let checksum = json["xxh3"]?.string,
      !name.contains("/"), !name.hasPrefix(".")
    else { return nil }
    self.init(
      name: name, byteCount: byteCount, plainByteCount: plainByteCount, checksum: checksum)
  }
}

extension Manifest.Domain {
  fileprivate init?(_ json: JSONText) {
    guard let name = json["name"]?.string, let isDeclared = json["declared"]?.boolean,
      let file = Manifest.File(json["file"])
    else { return nil }
    self.init(name: name, isDeclared: isDeclared, file: file)
  }
}

extension Manifest.TableFiles {
  fileprivate init?(_ json: JSONText) {
    guard let name = json["name"]?.string, let columns = json["columns"]?.array,
      let files = json["files"]?.array, let partitionColumn = json["partitionColumn"],
      partitionColumn == .null || partitionColumn.integer != nil
    else { return nil }
    let definitions = columns.compactMap { ColumnDefinition($0) }
    let known = files.compactMap { Manifest.File($0) }
    let key = json["primaryKey"]?.array ?? []
    let keyColumns = key.compactMap(\.integer)
    guard definitions.count == columns.count, known.count == files.count,
      keyColumns.count == key.count, json["primaryKey"] == nil || json["primaryKey"]?.array != nil
    else { return nil }
    self.init(
      schema: TableSchema(
        name: name, columns: definitions, partitionColumn: partitionColumn.integer,
        primaryKey: keyColumns),
      files: known)
  }
}
