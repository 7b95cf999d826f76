package import ColumnStore

/// A statement with the values of `$1`, `$2`, ...
package typealias SQLStatement = (sql: String, parameters: [Value])

/// What rows must be, as the end of a statement of SQL with its parameters.
package struct Conditions: Sendable, Equatable {
  private var parts: [String] = []
  package private(set) var parameters: [Value] = []

  package init() {}

  package mutating func add(_ column: String, _ comparison: String, _ value: Value) {
    parts.append("\(column) \(comparison) \(place(value))")
  }

  /// `column` is one of `values`, of which there is at least one.
  package mutating func add(_ column: String, among values: [Value]) {
    precondition(!values.isEmpty, "a column is one of no values")
    parts.append("\(column) IN (\(values.map { place($0) }.joined(separator: ", ")))")
  }

  /// Rows that come after one, in the order of two columns.
  package mutating func add(_ columns: (String, String), after values: (Value, Value)) {
    let first = place(values.0)
    let second = place(values.1)
    parts.append(
      "(\(columns.0) > \(first) OR (\(columns.0) = \(first) AND \(columns.1) > \(second)))")
  }

  package mutating func add(_ condition: String) { parts.append(condition) }

  private mutating func place(_ value: Value) -> String {
    parameters.append(value)
    return "$\(parameters.count)"
  }

  /// ` WHERE ...`; empty where all rows will do.
  package var sql: String { parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND ") }
}
