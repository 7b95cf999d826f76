import ColumnStore
import Engine
import QueryLanguage
import Sketches

/// A metric over the days that end with each bucket of a trend.
struct TrailingPart {
  var id: String
  var days: Int
}

extension MetricEvaluator {
  /// Distinct people of the days that end with the last day of each bucket, by metric.
  ///
  /// Events are looked at once: there is one set of people for each day, and a window is their union. Exact
  /// sets stay inside the engine, by `trailing_distinct`; sketches are merged here.
  mutating func trailing(
    _ parts: [TrailingPart], _ buckets: [Grain.Bucket]
  ) throws(QueryError) -> [String: [Double?]] {
    guard let longest = parts.map(\.days).max(), let first = buckets.first else { return [:] }
    let zone = question.range.zone
    let anchors = buckets.map { zone.day(of: max($0.window.start, $0.window.end - 1)) }
    let start = zone.start(of: zone.day(of: first.window.start).advanced(by: 1 - longest))
    let window = TimeWindow(start: start, end: question.range.window.end)
    let lengths = Array(Set(parts.map(\.days))).sorted()
    let kept = goneUntil(window, of: .events)
    let counts =
      try question.distinct == .exact && kept == nil
      ? trailingSets(lengths, over: window) : trailingSketches(lengths, anchors, over: window)
    var values: [String: [Double?]] = [:]
    for part in parts {
      guard let place = lengths.firstIndex(of: part.days) else { continue }
      values[part.id] = anchors.map { anchor -> Double? in
        if let kept, let reason = trace.rolledUp?.missing[Self.peopleOfDays],
          zone.start(of: anchor.advanced(by: 1 - part.days)) < kept
        {
          trace.noteMissing(part.id, reason, keptFrom: kept)
          return nil
        }
        return Double(counts[anchor]?[place] ?? 0)
      }
    }
    return values
  }

  /// By day, one count for each length; days that no event reaches are missing.
  private mutating func trailingSets(
    _ lengths: [Int], over window: TimeWindow
  ) throws(QueryError) -> [Day: [Int64]] {
    let array = lengths.map(String.init).joined(separator: ", ")
    let answer = try rows(
      """
      SELECT trailing_distinct(user_id, ({ts})::date, ARRAY[\(array)])
        FILTER (WHERE \(EventRules.isActivity)) AS counts
      FROM events WHERE ts >= :from AND ts < :to{filters}
      """, over: window)
    guard case .array(let values)? = answer.first?.first else { return [:] }
    let numbers = values.map(\.count)
    var counts: [Day: [Int64]] = [:]
    for place in stride(from: 0, to: numbers.count, by: lengths.count + 1) {
      counts[Day(numbers[place])] = Array(numbers[(place + 1)..<(place + 1 + lengths.count)])
    }
    return counts
  }

  private mutating func trailingSketches(
    _ lengths: [Int], _ anchors: [Day], over window: TimeWindow
  ) throws(QueryError) -> [Day: [Int64]] {
    let sketches = try peopleOfDays(over: window)
    var counts: [Day: [Int64]] = [:]
    for anchor in anchors {
      var union: HyperLogLog?
      var merged = 0
      counts[anchor] = lengths.map { length in
        for back in merged..<length {
          guard let sketch = sketches[anchor.advanced(by: -back)] else { continue }
          if union == nil { union = sketch } else { union?.merge(sketch) }
        }
        merged = length
        return union?.cardinality ?? 0
      }
    }
    return counts
  }

  /// The people of each day as sketches: known of days that are over, whatever buckets they are asked for in.
  ///
  /// Days that are gone are read from a roll-up; where none has them, the trace says so under this name.
  mutating func peopleOfDays(over window: TimeWindow) throws(QueryError) -> [Day: HyperLogLog] {
    var sketches: [Day: HyperLogLog] = [:]
    var window = window
    var found: [[Value]] = []
    if let kept = goneUntil(window, of: .events) {
      switch try rolledUpPeople(over: window, kept) {
      case .success(let rows): found = rows
      case .failure(let reason):
        trace.noteMissing(
          Self.peopleOfDays, Self.text(reason, keptFrom: kept), keptFrom: kept)
      }
      window = TimeWindow(start: min(kept, window.end), end: window.end)
    }
    if !window.isEmpty {
      found += try rows(
        """
        SELECT ({ts})::date AS day, hll(user_id) FILTER (WHERE \(EventRules.isActivity)) AS people
        FROM events WHERE ts >= :from AND ts < :to{filters}
        GROUP BY 1
        """, over: window)
    }
    for row in found where row.count == 2 {
      guard case .date(let day) = row[0], case .hyperLogLog(let sketch) = row[1] else { continue }
      sketches[Day(Int64(day))] = sketch
    }
    return sketches
  }

  static let peopleOfDays = "people_of_days"

  private mutating func rolledUpPeople(
    over window: TimeWindow, _ kept: Int64
  ) throws(QueryError) -> Result<[[Value]], NotRolledUp> {
    let part = MergeablePart(kind: .people, filter: "event_type <> 'email_sent'")
    switch source(of: [part], where: nil, over: window) {
    case .failure(let reason): return .failure(reason)
    case .success(let rollUp):
      let day = context.instant("day", named: "ts", of: .events)
      return try readRollUp(
        """
        SELECT (\(day))::date AS day, \(part.rolledUp(rollUp)) AS people FROM \(rollUp.name)
        WHERE day >= :rolled_from AND day < :rolled_to{filters} GROUP BY 1
        """, rollUp, over: window, kept)
    }
  }

  /// The people of each bucket, by merging those of its days: the same states for days, weeks and months.
  mutating func people(of buckets: [Grain.Bucket]) throws(QueryError) -> [Double?] {
    let zone = question.range.zone
    let sketches = try peopleOfDays(over: question.range.window)
    let gone = trace.rolledUp.flatMap { $0.missing[Self.peopleOfDays] == nil ? nil : $0.keptFrom }
    return buckets.map { bucket -> Double? in
      if let gone, bucket.start < gone { return nil }
      var union: HyperLogLog?
      var day = zone.day(of: bucket.window.start)
      while zone.start(of: day) < bucket.window.end {
        if let sketch = sketches[day] {
          if union == nil { union = sketch } else { union?.merge(sketch) }
        }
        day = day.advanced(by: 1)
      }
      return Double(union?.cardinality ?? 0)
    }
  }
}
