internal import ColumnStore

/// How the text of a field becomes a value.
enum ColumnFormat: Hashable, Sendable {
  case boolean
  case integer
  case double
  case text
  case json
  /// Text such as 2024-02-29 or 2024-02-29T12:00:00Z, for a column of type date, timestamp or
  /// timestamptz.
  case time(DataType)
  /// A number that counts since 1970-01-01 UTC.
  case epoch(EpochUnit, DataType)

  var type: DataType {
    switch self {
    case .boolean: .boolean
    case .integer: .integer
    case .double: .double
    case .text: .text
    case .json: .json
    case .time(let type), .epoch(_, let type): type
    }
  }

  /// What text is read as when a column of the type is there already.
  init?(_ type: DataType) {
    switch type {
    case .boolean: self = .boolean
    case .integer: self = .integer
    case .double: self = .double
    case .text: self = .text
    case .json: self = .json
    case .timestamp, .timestampWithTimeZone, .date: self = .time(type)
    case .interval, .hyperLogLog, .digest, .array, .null: return nil
    }
  }

  /// What `init(typeName:)` takes, for those who named something else.
  static let typeNames =
    "types: boolean, bigint, double, date, timestamp, timestamptz, "
    + "timestamptz(epoch_s|epoch_ms|epoch_us|epoch_ns), text, json"

  /// A type's name as in SQL, or `timestamptz(epoch_ms)` and the like.
  init?(typeName: String) {
    var name = typeName.lowercased().filter { $0 != " " }
    var unit: EpochUnit?
    if let open = name.firstIndex(of: "("), name.hasSuffix(")") {
      let argument = String(name[name.index(after: open)...].dropLast())
      unit = EpochUnit.allCases.first { "epoch_\($0.rawValue)" == argument }
      // The length of varchar(20) and the precision of timestamp(3) change nothing here.
      guard unit != nil || argument.allSatisfy({ $0.isNumber || $0 == "," }) else { return nil }
      name.removeSubrange(open...)
    }
    guard let type = columnTypes[name] else { return nil }
    if let unit {
      guard case .time = ColumnFormat(type) else { return nil }
      self = .epoch(unit, type)
    } else {
      guard let format = ColumnFormat(type) else { return nil }
      self = format
    }
  }
}

enum EpochUnit: String, Hashable, Sendable, CaseIterable {
  case seconds = "s"
  case milliseconds = "ms"
  case microseconds = "us"
  case nanoseconds = "ns"

  /// The unit in which a time of our days has this size. The borders lie at the year 5138 from above
  /// and at March 1973 from below.
  init(magnitude: UInt64) {
    switch magnitude {
    case ..<100_000_000_000: self = .seconds
    case ..<100_000_000_000_000: self = .milliseconds
    case ..<100_000_000_000_000_000: self = .microseconds
    default: self = .nanoseconds
    }
  }

  var name: String { String(describing: self) }
}

private let columnTypes: [String: DataType] = [
  "boolean": .boolean, "bool": .boolean, "bigint": .integer, "int8": .integer, "int": .integer,
  "int4": .integer, "integer": .integer, "smallint": .integer, "int2": .integer,
  "double": .double, "doubleprecision": .double, "float8": .double, "float": .double,
  "real": .double, "float4": .double, "numeric": .double, "decimal": .double, "text": .text,
  "varchar": .text, "charactervarying": .text, "string": .text, "uuid": .text, "date": .date,
  "timestamp": .timestamp, "timestampwithouttimezone": .timestamp,
  "timestamptz": .timestampWithTimeZone, "timestampwithtimezone": .timestampWithTimeZone,
  "json": .json, "jsonb": .json,
]
