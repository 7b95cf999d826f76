import ColumnStore
import QueryLanguage
import QueryPlanning

/// Values at equal distances, made when they are asked for.
struct SeriesGenerator: Sendable {
  private static let batchSize = 65_536

  private let type: DataType
  private let start: Int64
  private let stop: Int64
  private let step: Step
  private let isEmpty: Bool

  private enum Step: Sendable {
    case distance(Int64)
    case interval(CompiledExpression)
  }

  init(_ series: Series) throws(QueryError) {
    let row = Batch(rowCount: 1, columns: [])
    var values: [Value] = []
    for end in [series.start, series.stop, series.step] {
      values.append(try CompiledExpression(end).evaluate(row).value(at: 0))
    }
    try self.init(series, ends: values)
  }

  /// `values`: start, stop and step as they are for one row.
  init(_ series: Series, ends values: [Value]) throws(QueryError) {
    type = series.type
    isEmpty = values.contains(where: \.isNull)
    start = values[0].integerBits ?? 0
    stop = values[1].integerBits ?? 0
    guard case .interval(let interval) = values[2] else {
      let distance = values[2].integerBits ?? 0
      try Self.requireStep(isEmpty || distance != 0, at: series.location)
      step = .distance(distance)
      isDescending = distance < 0
      return
    }
    // A month is 30 days where only the direction matters, as in comparisons of intervals.
    let days = Int64(interval.months) * 30 + Int64(interval.days)
    let length = Double(days) * 86_400_000 + Double(interval.milliseconds)
    try Self.requireStep(isEmpty || length != 0, at: series.location)
    isDescending = length < 0
    if interval.months == 0, interval.days == 0 || type == .timestamp {
      let (whole, overflow) = Int64(interval.days).multipliedReportingOverflow(by: 86_400_000)
      let (distance, tooLong) = whole.addingReportingOverflow(interval.milliseconds)
      if !overflow, !tooLong {
        step = .distance(distance)
        return
      }
    }
    var arguments: [Expression] = [.column(0, series.type), .literal(values[2], .interval)]
    if let zone = series.zone { arguments.append(zone) }
    step = .interval(
      try CompiledExpression(
        .call(
          FunctionCall(
            function: .addInterval, arguments: arguments, type: series.type,
            location: series.location))))
  }

  private let isDescending: Bool

  private static func requireStep(_ isStep: Bool, at location: Int) throws(QueryError) {
    guard isStep else {
      throw QueryError(
        .invalidParameter, "step size cannot equal zero", at: location..<location)
    }
  }

  var stream: RowStream {
    RowStream(taskCount: isEmpty ? 0 : 1) { _, consume throws(QueryError) in
      var next: Int64? = start
      while let first = next, !isPast(first) {
        var values: [Int64] = []
        next = first
        try QueryScope.check()
        while let value = next, !isPast(value), values.count < Self.batchSize {
          if values.count & 0x3FF == 0 { try QueryScope.check() }
          values.append(value)
          next = try successor(of: value)
        }
        let vector = Vector(type: type, count: values.count, storage: .integers(values))
        let batch = Batch(rowCount: values.count, columns: [vector])
        let outcome = try QueryScope.batch { () throws(QueryError) in
          try consume(BatchView(batch))
        }
        if outcome == .enough { return }
      }
    }
  }

  /// Where to begin; `nil` where there are no values.
  var first: Int64? { isEmpty ? nil : start }

  func value(_ bits: Int64) -> Value {
    Vector(type: type, count: 1, storage: .integers([bits])).value(at: 0)
  }

  func isPast(_ value: Int64) -> Bool { isDescending ? value < stop : value > stop }

  /// `nil` past the greatest value there is.
  func successor(of value: Int64) throws(QueryError) -> Int64? {
    switch step {
    case .distance(let distance):
      let (next, overflow) = value.addingReportingOverflow(distance)
      return overflow ? nil : next
    case .interval(let expression):
      let row = Batch(
        rowCount: 1, columns: [Vector(type: type, count: 1, storage: .integers([value]))])
      return try expression.evaluate(row).value(at: 0).integerBits
    }
  }
}
