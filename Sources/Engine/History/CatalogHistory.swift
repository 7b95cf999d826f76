public import ColumnStore

/// Older states of all tables, for `SET as_of`. Where and how they are kept, the engine does not know.
public protocol CatalogHistory: Sendable {
  /// The state that somebody means.
  func moment(_ reference: CatalogReference) throws(CatalogHistoryError) -> CatalogMoment
  /// All tables as they were; may take as long as reading them from disk.
  func catalog(at moment: CatalogMoment) throws(CatalogHistoryError) -> Catalog
  /// Keeps nothing in memory of states that are not there any more.
  func forgetRemoved()
}

extension CatalogHistory {
  public func forgetRemoved() {}
}

public enum CatalogReference: Sendable, Hashable {
  case number(UInt64)
  /// The newest state that is not after this: milliseconds since 1970-01-01 UTC.
  case time(Int64)
}

/// One of the states that there are.
public struct CatalogMoment: Sendable, Hashable {
  public var number: UInt64
  /// As people see and type it.
  public var name: String

  public init(number: UInt64, name: String) {
    self.number = number
    self.name = name
  }
}

/// Why an older state cannot be had.
public struct CatalogHistoryError: Error, Equatable, Sendable {
  public enum Reason: Sendable, Equatable {
    case notThere, unreadable
  }

  public var reason: Reason
  public var message: String
  public var hint: String?

  public init(_ reason: Reason, _ message: String, hint: String? = nil) {
    self.reason = reason
    self.message = message
    self.hint = hint
  }
}
