import ColumnStore
import QueryPlanning

extension Series {
  /// Integers, and timestamps by a whole number of milliseconds.
  func values(on row: [Value] = []) throws -> [Value] {
    let ends = try [start, stop, step].map { try $0.value(on: row) }
    if ends.contains(where: \.isNull) { return [] }
    switch (ends[0], ends[1], ends[2]) {
    case (.integer(let first), .integer(let last), .integer(let step)) where step != 0:
      return stride(from: first, through: last, by: Int(step)).map { .integer($0) }
    case (.timestamp(let first), .timestamp(let last), .interval(let step))
    where step.months == 0:
      let length = Int64(step.days) * Calendar.millisecondsPerDay + step.milliseconds
      return stride(from: first, through: last, by: Int(length)).map { .timestamp($0) }
    default: throw ReferenceEngine.Unsupported(name: "generate_series")
    }
  }
}
