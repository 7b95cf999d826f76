import ColumnStore
import QueryLanguage

/// What `WITH (...)` and `ALTER TABLE ... SET (...)` say of a table.
extension Environment {
  func set(
    _ options: [(name: Identifier, value: ExpressionSyntax?)], of schema: inout TableSchema
  ) throws(QueryError) {
    for (index, option) in options.enumerated() {
      try requireOption(option.name)
      guard !options[..<index].contains(where: { $0.name.name == option.name.name }) else {
        throw error(
          .invalidParameter, "parameter '\(option.name.name)' specified more than once",
          at: option.name.offset)
      }
      schema.retentionDays = try retentionDays(option.value, named: option.name)
      guard schema.partitionColumn != nil else {
        throw error(
          .invalidParameter,
          "table '\(schema.name)' cannot have retention_days: it is not split by day",
          at: option.name.offset,
          hint: "whole days are dropped: make the table with PARTITION BY DAY (column)")
      }
    }
  }

  func requireOption(_ name: Identifier) throws(QueryError) {
    guard name.name == "retention_days" else {
      throw error(
        .invalidParameter, "unrecognized parameter '\(name.name)'", at: name.offset,
        hint: suggestion(for: name.name, among: ["retention_days"])
          ?? "a table has retention_days: how long its days are kept")
    }
  }

  private func retentionDays(
    _ value: ExpressionSyntax?, named name: Identifier
  ) throws(QueryError) -> Int {
    let days: Int? =
      switch value?.kind {
      case .integer(let number): Int(exactly: number)
      case .string(let text): Int(text)
      default: nil
      }
    guard let days, TableSchema.retentionRange.contains(days) else {
      throw error(
        .invalidParameter, "retention_days must be a whole number of days, 1 to 36500",
        at: value?.location ?? name.offset,
        hint: "ALTER TABLE ... RESET (retention_days) keeps days for ever")
    }
    return days
  }
}
