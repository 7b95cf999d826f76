public import ColumnStore

/// A column of a built-in table.
public struct BuiltInColumn: Sendable, Hashable {
  /// What a column is declared as.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case text = "text"
    /// Nearly every row has one of its own: compressed, in no dictionary.
    case identifier = "text COMPRESSION lz4"
    case uuid = "uuid"
    case integer = "bigint"
    case double = "double precision"
    case boolean = "boolean"
    case timestamp = "timestamp"
    case json = "json COMPRESSION lz4"

    /// What the engine makes of it.
    public var type: DataType {
      switch self {
      case .text, .identifier, .uuid: .text
      case .integer: .integer
      case .double: .double
      case .boolean: .boolean
      case .timestamp: .timestamp
      case .json: .json
      }
    }
  }

  public let name: String
  public let kind: Kind
  /// One line, for people.
  public let meaning: String
  public var label: ColumnLabel?
  public var isNotNull = false
  /// It names a person whom the row is not about: erasing that person replaces the name, and keeps the row.
  public var namesOthers = false

  public init(_ name: String, _ kind: Kind, _ meaning: String) {
    self.name = name
    self.kind = kind
    self.meaning = meaning
  }

  public func labelled(_ label: ColumnLabel) -> BuiltInColumn {
    var column = self
    column.label = label
    return column
  }

  public var namingOthers: BuiltInColumn {
    var column = self
    column.namesOthers = true
    return column
  }

  public var required: BuiltInColumn {
    var column = self
    column.isNotNull = true
    return column
  }

  /// As in CREATE TABLE.
  public var declaration: String {
    "\(name) \(kind.rawValue)\(isNotNull ? " NOT NULL" : "")"
  }
}

extension BuiltInColumn {
  static let organization = BuiltInColumn(
    "organization_id", .text,
    "the organisation that the row belongs to; `company_id` and `org_id` are the same"
  ).labelled(.organization)

  static func user(_ meaning: String) -> BuiltInColumn {
    BuiltInColumn("user_id", .text, meaning).labelled(.user)
  }

  static func time(_ name: String = "ts", _ meaning: String) -> BuiltInColumn {
    BuiltInColumn(name, .timestamp, meaning).required
  }

  static let address = BuiltInColumn("ip_address", .text, "where the request came from")
    .labelled(.sealed)
  static let userAgent = BuiltInColumn("user_agent", .text, "as the browser sent it")
    .labelled(.sealed)
  static let country = BuiltInColumn("country", .text, "two letters (ISO 3166), or `unknown`")
}
