import ColumnStore
import QueryLanguage
import QueryPlanning

/// `trailing_distinct`: a set of values for each day, and for each day how many different ones the days that
/// end with it had.
///
/// The sets are those of `count(DISTINCT x)` by day: bits of one dictionary where that is small. Rows are looked at
/// once, however many windows there are and however they overlap.
final class TrailingDistinctAccumulator: Accumulator {
  /// The days of one group.
  private struct Days {
    var table: GroupTable
    let values: DistinctCountAccumulator
  }

  private let value: CompiledExpression
  private let day: CompiledExpression
  private let dictionary: DictionaryView?
  private let lengths: [Int]
  private var groups: [Days] = []

  /// The most days between the first and the last that occur: two centuries and a half.
  private static let mostDays: Int64 = 100_000

  init(
    value: CompiledExpression, day: CompiledExpression, dictionary: DictionaryView?, lengths: [Int]
  ) {
    self.value = value
    self.day = day
    self.dictionary = dictionary
    self.lengths = lengths
  }

  var bytesPerRow: Int { 64 }

  var byteCount: Int { groups.reduce(0) { $0 + $1.table.byteCount + $1.values.byteCount + 1_024 } }

  func resize(to groupCount: Int) {
    while groups.count < groupCount {
      groups.append(
        Days(
          table: GroupTable(keys: [day], dictionaries: [nil]),
          values: DistinctCountAccumulator(type: value.type, dictionary: dictionary)))
    }
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    if case .single(let group) = input.assignment.kind {
      return try update(group, input.view)
    }
    let grouped = input.grouped
    for group in 0..<input.groupCount {
      let rows = grouped.offsets[group]..<grouped.offsets[group + 1]
      if !rows.isEmpty { try update(group, input.view.selecting(Array(grouped.order[rows]))) }
    }
  }

  private func update(_ group: Int, _ view: BatchView) throws(QueryError) {
    let assignment = try groups[group].table.assign(view)
    let count = groups[group].table.count
    groups[group].values.resize(to: count)
    try groups[group].values.update(
      AggregateInput(
        view: view, assignment: assignment, groupCount: count, arguments: [value, day]))
  }

  func merge(_ other: any Accumulator, groups mapping: [UInt32]) throws(QueryError) {
    guard let other = other as? TrailingDistinctAccumulator else { return }
    for (theirs, place) in zip(other.groups, mapping) {
      let days = try groups[Int(place)].table.merge(theirs.table)
      let own = groups[Int(place)].values
      own.resize(to: groups[Int(place)].table.count)
      try own.merge(theirs.values, groups: days)
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    let memory = MemoryReservation.ofQuery(for: "windows of days")
    defer { withExtendedLifetime(memory) {} }
    var answers: [Value] = []
    for group in groups.prefix(groupCount) {
      try QueryScope.check()
      answers.append(.array(try counts(of: group, memory)))
    }
    return Vector(values: answers, type: .array(.integer))
  }

  /// From the first day to the last one with something in its window: the day, and a count for each length.
  /// What it returns stays set aside.
  private func counts(
    of group: Days, _ memory: MemoryReservation
  ) throws(QueryError) -> [Value] {
    let days = group.table.keyVector(0).expanded()
    guard case .integers(let numbers) = days.storage else { return [] }
    let known = numbers.indices.filter { days.validity?[$0] != 0 }
      .sorted { numbers[$0] < numbers[$1] }
    guard let first = known.first.map({ numbers[$0] }), let last = known.last.map({ numbers[$0] })
    else { return [] }
    let (span, overflow) = last.subtractingReportingOverflow(first)
    // The windows of the days after the last one still have it.
    let dayCount = span.addingReportingOverflow(Int64(lengths.max() ?? 1))
    guard !overflow, !dayCount.overflow, span < Self.mostDays else {
      throw QueryError(
        .programLimitExceeded,
        "trailing_distinct is over more than \(Self.mostDays) days",
        hint: "restrict the days with WHERE or FILTER")
    }
    guard !last.addingReportingOverflow(dayCount.partialValue - span - 1).overflow else {
      throw QueryError(
        .numericOutOfRange, "days of trailing_distinct are out of range",
        hint: "count days from a later one, so that they are smaller numbers")
    }
    let kept = memory.byteCount + Self.byteCount(dayCount.partialValue, lengths.count)
    try memory.grow(to: kept)
    let members = try DayMembers(group.values, dayCount: numbers.count, memory)
    var windows = try TrailingWindows(
      lengths: lengths, dayCount: Int(dayCount.partialValue), of: members, memory)
    for index in known {
      try QueryScope.check()
      members.forEach(of: index) { windows.add($0, day: Int(numbers[index] - first)) }
    }
    var answer: [Value] = []
    answer.reserveCapacity(Int(dayCount.partialValue) * (lengths.count + 1))
    windows.forEachDay { day, counts in
      answer.append(.integer(first + Int64(day)))
      for count in counts { answer.append(.integer(count)) }
    }
    try memory.set(to: kept)
    return answer
  }

  /// Of an array with the day and a count for each length.
  private static func byteCount(_ dayCount: Int64, _ lengthCount: Int) -> Int {
    32 + Int(dayCount) * (lengthCount + 1) * MemoryLayout<Value>.stride
  }
}

/// The values of each day side by side, as words that stand for them.
private struct DayMembers {
  private let words: [UInt64]
  private let offsets: [Int]

  /// Adds what it takes to `memory`.
  init(
    _ values: DistinctCountAccumulator, dayCount: Int, _ memory: MemoryReservation
  ) throws(QueryError) {
    var offsets = [Int](repeating: 0, count: dayCount + 1)
    values.forEachMember { day, _ in offsets[day + 1] += 1 }
    for day in 0..<dayCount { offsets[day + 1] += offsets[day] }
    try memory.add((offsets[dayCount] + 2 * offsets.count) * 8)
    var next = offsets
    var words = [UInt64](repeating: 0, count: offsets[dayCount])
    values.forEachMember { day, word in
      words[next[day]] = word
      next[day] += 1
    }
    self.words = words
    self.offsets = offsets
  }

  var count: Int { words.count }
  var greatest: UInt64 { words.max() ?? 0 }

  func forEach(of day: Int, _ body: (UInt64) -> Void) {
    for index in offsets[day]..<offsets[day + 1] { body(words[index]) }
  }
}

/// Counts values that come day by day in windows of days.
///
/// A value that occurs on day d is in the window of n days that ends with each of d ... d + n - 1; those
/// that its last day before d has brought it into already are left out.
private struct TrailingWindows {
  private let lengths: [Int]
  private let dayCount: Int
  /// By length: how many more values the window of a day has than that of the day before.
  private var changes: [[Int64]]
  /// The last day of each value, where words are small: -1 for those that did not come yet.
  private var lastOfCode: [Int32] = []
  private var lastOfWord: [UInt64: Int32] = [:]
  /// A table by code has no more places for each value than this, and fewer than this altogether.
  private static let mostPlaces = (ofValue: UInt64(64), all: UInt64(1 << 24))

  /// Adds what it takes to `memory`.
  init(
    lengths: [Int], dayCount: Int, of members: DayMembers, _ memory: MemoryReservation
  ) throws(QueryError) {
    self.lengths = lengths
    self.dayCount = dayCount
    try memory.add(lengths.count * (dayCount + 1) * 8)
    changes = lengths.map { _ in [Int64](repeating: 0, count: dayCount + 1) }
    let greatest = members.greatest
    let isDense =
      greatest < min(Self.mostPlaces.all, UInt64(members.count) * Self.mostPlaces.ofValue)
    // An entry of a dictionary, with free places and the table that it grew from.
    try memory.add(isDense ? (Int(greatest) + 1) * 4 : members.count * 64)
    if isDense { lastOfCode = [Int32](repeating: -1, count: Int(greatest) + 1) }
  }

  /// Days come in order, and a value once a day.
  mutating func add(_ word: UInt64, day: Int) {
    let before = exchange(word, day: Int32(truncatingIfNeeded: day))
    for index in lengths.indices {
      let begin = before < 0 ? day : max(day, Int(before) + lengths[index])
      guard begin < dayCount else { continue }
      changes[index][begin] += 1
      changes[index][min(day + lengths[index], dayCount)] -= 1
    }
  }

  /// The last day that the value came on before this one; -1: none.
  private mutating func exchange(_ word: UInt64, day: Int32) -> Int32 {
    if lastOfCode.isEmpty { return lastOfWord.updateValue(day, forKey: word) ?? -1 }
    defer { lastOfCode[Int(word)] = day }
    return lastOfCode[Int(word)]
  }

  /// Calls `body` with each day and its counts, one for each length.
  func forEachDay(_ body: (_ day: Int, _ counts: [Int64]) -> Void) {
    var running = [Int64](repeating: 0, count: lengths.count)
    for day in 0..<dayCount {
      for index in lengths.indices { running[index] += changes[index][day] }
      body(day, running)
    }
  }
}
