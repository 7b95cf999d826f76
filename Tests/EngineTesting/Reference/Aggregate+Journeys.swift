import ColumnStore
import QueryPlanning

extension Aggregate {
  /// `retention`, `window_funnel`, `session_count` and the figures of pairs; `nil` for all others.
  func journey(over rows: [[Value]]) throws -> Value? {
    switch function {
    case .regression(let figure): return try pairs(figure, over: rows)
    case .retention:
      let isMet = try arguments.map { condition in
        try rows.contains { try condition.value(on: $0) == .boolean(true) }
      }
      return .array(isMet.map { .integer($0 && isMet[0] ? 1 : 0) })
    case .sessionCount(let gap):
      let times = try rows.compactMap { try arguments[0].value(on: $0).moment }.sorted()
      let breaks = zip(times.dropFirst(), times).filter { later, earlier in
        Int128(later) - Int128(earlier) > gap.comparableMilliseconds
      }
      return .integer(times.isEmpty ? 0 : Int64(breaks.count + 1))
    case .trailingDistinct(let lengths):
      var days: [Int64: Set<RowKey>] = [:]
      for row in rows {
        let (value, day) = (
          try arguments[0].value(on: row), try arguments[1].value(on: row).dayNumber
        )
        guard let day else { continue }
        days[day, default: []].formUnion(value == .null ? [] : [RowKey([value])])
      }
      guard let first = days.keys.min(), let last = days.keys.max() else { return .array([]) }
      return .array(
        (first...last + Int64((lengths.max() ?? 1) - 1)).flatMap { day in
          [.integer(day)]
            + lengths.map { length in
              let window = days.filter { $0.key <= day && $0.key > day - Int64(length) }
              return .integer(Int64(window.values.reduce(into: Set()) { $0.formUnion($1) }.count))
            }
        })
    case .windowFunnel(let window, let modes):
      let times = try chain(over: rows, window.comparableMilliseconds, modes)
      guard modes.contains(.answersTimes) else { return .integer(Int64(times.count)) }
      return .array(times.map { .integer($0 &- (times.first ?? 0)) })
    default: return nil
    }
  }

  private struct Step {
    var time: Int64
    /// From 0; -1 for an event that is no step.
    var number: Int
  }

  /// Looks at the events up to each one anew, until one of them ends the search.
  private func chain(
    over rows: [[Value]], _ window: Int128, _ modes: FunnelModes
  ) throws -> [Int64] {
    var steps: [Step] = []
    for row in rows {
      guard let time = try arguments[0].value(on: row).moment else { continue }
      var isStep = false
      for (number, condition) in arguments.dropFirst().enumerated()
      where try condition.value(on: row) == .boolean(true) {
        steps.append(Step(time: time, number: number))
        isStep = true
      }
      if !isStep, modes.contains(.strictOrder) { steps.append(Step(time: time, number: -1)) }
    }
    steps.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    var kept = steps.count
    if modes.contains(.strictOrder) || modes.contains(.strictDeduplication) {
      for (index, step) in steps.enumerated() {
        let level = longest(steps.prefix(index), window, modes).count
        let isIntruder =
          modes.contains(.strictOrder) && level > 0 && (step.number < 0 || step.number > level)
        let isRepeated =
          modes.contains(.strictDeduplication) && step.number > 0 && step.number < level
        if isIntruder || isRepeated {
          kept = index
          break
        }
      }
    }
    return longest(steps.prefix(kept), window, modes)
  }

  /// From each first step on, always to the next event that will do: of the longest chains the one that ends
  /// first, and of those the one that begins last.
  private func longest(
    _ steps: ArraySlice<Step>, _ window: Int128, _ modes: FunnelModes
  ) -> [Int64] {
    var longest: [Int64] = []
    for start in steps where start.number == 0 {
      var chain = [start.time]
      var time = start.time
      while let next = steps.filter({
        $0.number == chain.count
          && (modes.contains(.strictIncrease) ? $0.time > time : $0.time >= time)
          && Int128($0.time) - Int128(start.time) <= window
      }).map(\.time).min() {
        chain.append(next)
        time = next
      }
      // Starts come in the order of time.
      let isAsLong = chain.count == longest.count
      if chain.count > longest.count || isAsLong && time <= longest.last ?? time { longest = chain }
    }
    return longest
  }

  /// In two passes: all values first, then their distances from the means.
  private func pairs(_ figure: RegressionFigure, over rows: [[Value]]) throws -> Value {
    var pairs: [(y: Double, x: Double)] = []
    for row in rows {
      if let y = try arguments[0].value(on: row).number,
        let x = try arguments[1].value(on: row).number
      {
        pairs.append((y, x))
      }
    }
    if figure == .pairCount { return .integer(Int64(pairs.count)) }
    guard let first = pairs.first else { return .null }
    // From the first pair, so that equal numbers have no spread at all.
    let count = Double(pairs.count)
    func mean(_ values: [Double], from origin: Double) -> Double {
      origin + Self.total(values.map { $0 - origin }) / count
    }
    let meanX = mean(pairs.map(\.x), from: first.x)
    let meanY = mean(pairs.map(\.y), from: first.y)
    let spreadX = Self.total(pairs.map { ($0.x - meanX) * ($0.x - meanX) })
    let spreadY = Self.total(pairs.map { ($0.y - meanY) * ($0.y - meanY) })
    let products = Self.total(pairs.map { ($0.x - meanX) * ($0.y - meanY) })
    switch figure {
    case .pairCount: return .integer(Int64(pairs.count))
    case .meanX: return .double(meanX)
    case .meanY: return .double(meanY)
    case .populationCovariance: return .double(products / count)
    case .sampleCovariance: return count < 2 ? .null : .double(products / (count - 1))
    case .slope: return spreadX == 0 ? .null : .double(products / spreadX)
    case .intercept: return spreadX == 0 ? .null : .double(meanY - products / spreadX * meanX)
    case .correlation:
      if spreadX == 0 || spreadY == 0 { return .null }
      return .double(products / (spreadX * spreadY).squareRoot())
    case .determination:
      if spreadX == 0 { return .null }
      return .double(spreadY == 0 ? 1 : products * products / (spreadX * spreadY))
    }
  }
}

extension Value {
  var moment: Int64? {
    switch self {
    case .timestamp(let time), .timestampWithTimeZone(let time): time
    default: nil
    }
  }
}

extension Value {
  /// Of a date or a number: days.
  fileprivate var dayNumber: Int64? {
    switch self {
    case .date(let day): Int64(day)
    case .integer(let day): day
    default: nil
    }
  }
}
