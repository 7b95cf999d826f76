internal import Synchronization

/// The answers to batches that came with an `Idempotency-Key`, so that the same key gives the same
/// answer. What was answered is in the batch's row of the ledger, from which this is made at the start;
/// the names of the records are taken from the body, which comes again.
final class BatchAnswers: Sendable {
  struct Answer: Equatable {
    var bodyHash: UInt64
    /// As `BatchResults` writes it.
    var results: String
  }

  enum Begin: Equatable {
    case new
    case known(Answer)
    case inProgress
  }

  private struct State {
    var answers: [String: Answer] = [:]
    /// The oldest first.
    var order: [String] = []
    var begun: Set<String> = []
    var byteCount = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  /// Answers are mostly a few bytes, and at most a few for each record.
  private static let byteLimit = 64 << 20

  init(limit: Int) { self.limit = max(1, limit) }

  func begin(_ key: String) -> Begin {
    state.withLock { state in
      if let known = state.answers[key] { return .known(known) }
      return state.begun.insert(key).inserted ? .new : .inProgress
    }
  }

  /// `nil`: nothing was stored.
  func end(_ key: String, _ answer: Answer?) {
    state.withLock { state in
      state.begun.remove(key)
      guard let answer, state.answers.updateValue(answer, forKey: key) == nil else { return }
      state.order.append(key)
      state.byteCount += answer.results.utf8.count
      guard state.order.count > limit || state.byteCount > Self.byteLimit else { return }
      // By halves, so that it costs nothing on the whole.
      let forgotten = state.order.prefix((state.order.count + 1) / 2)
      for key in forgotten {
        state.byteCount -= state.answers.removeValue(forKey: key)?.results.utf8.count ?? 0
      }
      state.order.removeFirst(forgotten.count)
    }
  }

  var count: Int { state.withLock { $0.answers.count } }
}

/// What became of the records of a batch, in their order, as runs: `a498 d1 f1:missing_field:user_id`.
package struct BatchResults: Equatable, Sendable {
  package enum Result: Equatable, Sendable {
    case accepted
    case duplicate
    case ignored
    case failed(RecordProblem)
  }

  package var results: [Result]

  package var text: String {
    var words: [String] = []
    var start = 0
    while start < results.count {
      var end = start + 1
      while end < results.count, results[end] == results[start] { end += 1 }
      let count = end - start
      switch results[start] {
      case .accepted: words.append("a\(count)")
      case .duplicate: words.append("d\(count)")
      case .ignored: words.append("i\(count)")
      case .failed(let problem):
        words.append("f\(count):\(problem.code.rawValue):\(problem.field ?? "")")
      }
      start = end
    }
    return words.joined(separator: " ")
  }

  package init(_ results: [Result]) { self.results = results }

  /// `nil` for what `text` never gives.
  package init?(_ text: String, limit: Int) {
    results = []
    for word in text.split(separator: " ") {
      let parts = word.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
      guard let first = parts.first, let count = Int(first), count > 0,
        count <= limit - results.count
      else { return nil }
      let result: Result
      switch word.first {
      case "a": result = .accepted
      case "d": result = .duplicate
      case "i": result = .ignored
      case "f":
        guard parts.count == 3, let code = ProblemCode(rawValue: String(parts[1])) else {
          return nil
        }
        result = .failed(RecordProblem(code, parts[2].isEmpty ? nil : String(parts[2])))
      default: return nil
      }
      results.append(contentsOf: repeatElement(result, count: count))
    }
  }
}
