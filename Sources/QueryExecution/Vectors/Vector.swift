public import ColumnStore

/// Decoded values of one column or expression, flowing between operators.
public struct Vector: Sendable {
  public enum Storage: Sendable {
    /// Every row has this value (or is null).
    case constant(Value)
    /// 0 or 1 each.
    case booleans([UInt8])
    /// Integers, timestamps (milliseconds), dates (days).
    case integers([Int64])
    case doubles([Double])
    case text(codes: [UInt32], TextSource)
    case objects([Value])
  }

  public var type: DataType
  public var count: Int
  public var storage: Storage
  /// 1 = not null, one byte per row; `nil` when no row is null (or for a constant). What a null
  /// row holds in `storage` is arbitrary, but its text code is valid whenever the source has
  /// entries; check validity before looking a code up.
  public var validity: [UInt8]?

  public init(type: DataType, count: Int, storage: Storage, validity: [UInt8]? = nil) {
    self.type = type
    self.count = count
    self.storage = storage
    self.validity = validity
  }

  public init(constant: Value, type: DataType, count: Int) {
    self.init(type: type, count: count, storage: .constant(constant))
  }
}

/// Where the strings of a text vector are.
public enum TextSource: Sendable {
  /// Codes are those of a domain: equal strings have equal codes.
  case dictionary(DictionaryView)
  /// Entries may repeat.
  case pool(TextPool)
}

/// Rows flowing between operators: one vector per column, all of `rowCount` rows.
public struct Batch: Sendable {
  public var rowCount: Int
  public var columns: [Vector]
  /// The memory that is set aside for the batch, for as long as somebody has it; `nil` for one that
  /// only passes through.
  var reservation: MemoryReservation?

  public init(rowCount: Int, columns: [Vector]) {
    self.rowCount = rowCount
    self.columns = columns
  }
}
