/// The type of a column or expression. SQL names are PostgreSQL's.
public indirect enum DataType: Hashable, Sendable {
  case boolean
  /// 64-bit signed; every SQL integer type maps to it.
  case integer
  case double
  /// UTF-8.
  case text
  /// A wall-clock date and time without zone, milliseconds since 1970-01-01 00:00.
  case timestamp
  /// An instant, milliseconds since 1970-01-01 00:00 UTC; shown in the session's time zone.
  case timestampWithTimeZone
  /// Days since 1970-01-01.
  case date
  case interval
  /// A JSON document kept as text.
  case json
  /// The state of a distinct count (`hll`).
  case hyperLogLog
  /// The state of a quantile estimate (`tdigest`).
  case digest
  case array(DataType)
  /// The type of a `NULL` that nothing has given a type.
  case null

  /// How values of the type are held in vectors and chunks.
  public var physical: PhysicalType {
    switch self {
    case .boolean: .boolean
    case .integer, .timestamp, .timestampWithTimeZone, .date: .integer
    case .double: .double
    case .text, .json: .text
    case .interval, .hyperLogLog, .digest, .array, .null: .object
    }
  }

  /// How values of the type lie in tables: states of sketches as the text that shows them. `object`:
  /// no column holds them.
  public var stored: PhysicalType { isSketchState ? .text : physical }

  public var isSketchState: Bool { self == .hyperLogLog || self == .digest }

  /// The name shown to users and accepted in SQL.
  public var sqlName: String {
    switch self {
    case .boolean: "boolean"
    case .integer: "bigint"
    case .double: "double precision"
    case .text: "text"
    case .timestamp: "timestamp"
    case .timestampWithTimeZone: "timestamptz"
    case .date: "date"
    case .interval: "interval"
    case .json: "json"
    case .hyperLogLog: "hll"
    case .digest: "tdigest"
    case .array(let element): element.sqlName + "[]"
    case .null: "unknown"
    }
  }
}

extension DataType {
  /// The type with this `sqlName`.
  public init?(sqlName name: String) {
    if name.hasSuffix("[]") {
      guard let element = DataType(sqlName: String(name.dropLast(2))) else { return nil }
      self = .array(element)
      return
    }
    let types: [DataType] = [
      .boolean, .integer, .double, .text, .timestamp, .timestampWithTimeZone, .date, .interval,
      .json, .hyperLogLog, .digest,
    ]
    guard let type = types.first(where: { $0.sqlName == name }) else { return nil }
    self = type
  }
}

/// How values lie in memory once decoded.
public enum PhysicalType: Hashable, Sendable {
  /// One byte, 0 or 1.
  case boolean
  /// `Int64`: integers, timestamps in milliseconds, dates in days.
  case integer
  case double
  /// A code into a pool or dictionary of UTF-8 strings.
  case text
  /// A `Value` of its own: intervals, sketch states, arrays. Never on a hot path.
  case object
}
