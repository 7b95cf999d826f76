internal import AccessControl

/// Batches of an emitter that never came, by their numbers.
public struct SequenceGap: Equatable, Sendable {
  /// As the emitter names its run; empty where it does not.
  public var stream: String
  public var missing: ClosedRange<Int64>

  public init(stream: String, missing: ClosedRange<Int64>) {
    self.stream = stream
    self.missing = missing
  }
}

/// The numbers of batches that came from one emitter: a few runs of each of its latest streams. An
/// emitter that begins anew names a new stream; numbers may come in any order, and again.
struct SequenceBook {
  private var streams: [(name: ExactText, runs: SequenceRuns)] = []
  private static let streamLimit = 16

  mutating func note(_ number: Int64, stream: String) {
    let stream = ExactText(stream)
    if let place = streams.firstIndex(where: { $0.name == stream }) {
      streams[place].runs.insert(number)
    } else {
      var runs = SequenceRuns()
      runs.insert(number)
      streams.append((stream, runs))
      if streams.count > Self.streamLimit { streams.removeFirst() }
    }
  }

  var gaps: [SequenceGap] {
    streams.flatMap { stream in
      stream.runs.gaps.map { SequenceGap(stream: stream.name.text, missing: $0) }
    }
  }
}

/// A set of numbers as runs, ascending and apart. Past the limit the two oldest runs become one: the
/// gap between them is given up.
package struct SequenceRuns: Equatable, Sendable {
  package private(set) var runs: [ClosedRange<Int64>] = []
  package static let limit = 1_000

  package init() {}

  package mutating func insert(_ number: Int64) {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].lowerBound <= number { low = middle + 1 } else { high = middle }
    }
    // `low` is the first run that begins after the number.
    if low > 0, runs[low - 1].upperBound >= number { return }
    let touchesBefore = low > 0 && runs[low - 1].upperBound + 1 == number
    let touchesAfter = low < runs.count && runs[low].lowerBound - 1 == number
    switch (touchesBefore, touchesAfter) {
    case (true, true):
      runs[low - 1] = runs[low - 1].lowerBound...runs[low].upperBound
      runs.remove(at: low)
    case (true, false): runs[low - 1] = runs[low - 1].lowerBound...number
    case (false, true): runs[low] = number...runs[low].upperBound
    case (false, false): runs.insert(number...number, at: low)
    }
    if runs.count > Self.limit {
      runs[1] = runs[0].lowerBound...runs[1].upperBound
      runs.removeFirst()
    }
  }

  /// Between the first number that came and the last.
  package var gaps: [ClosedRange<Int64>] {
    zip(runs, runs.dropFirst()).map { ($0.upperBound + 1)...($1.lowerBound - 1) }
  }
}
