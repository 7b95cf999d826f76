internal import FoundationEssentials

/// What the answer of the service means for a batch.
enum BatchVerdict {
  case settled(Outcome)
  case retry(after: Duration?)
  case refused(status: Int, message: String)

  /// What became of each record.
  struct Outcome {
    var accepted: [QueuedEvent] = []
    var duplicates: [QueuedEvent] = []
    var ignored: [QueuedEvent] = []
    var refused: [Refusal] = []
    /// To be sent once more.
    var again: [QueuedEvent] = []
  }

  struct Refusal {
    var event: QueuedEvent
    var code: String
    var message: String
  }

  /// Codes of single records that pass: the record is right, the service was not able.
  static let passingCodes: Set<String> = [
    "not_stored", "in_progress", "overloaded", "unavailable", "internal_error",
  ]

  init(_ answer: ServiceAnswer, _ batch: [QueuedEvent]) {
    switch answer.status {
    case 200..<300: self = Self.settle(answer, batch)
    case 408, 425, 429, 500...: self = .retry(after: answer.retryAfter)
    default:
      let problem = try? JSONDecoder().decode(ProblemBody.self, from: Data(answer.body))
      self = .refused(
        status: answer.status, message: problem?.detail ?? "the service answered \(answer.status)")
    }
  }

  private static func settle(_ answer: ServiceAnswer, _ batch: [QueuedEvent]) -> BatchVerdict {
    // Not the service's: something between answers in its place, and stored nothing.
    guard let body = try? JSONDecoder().decode(OutcomeBody.self, from: Data(answer.body)) else {
      return .retry(after: answer.retryAfter)
    }
    let failures = Dictionary(
      body.failed.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    // Each name stands for one record: several of a batch may have the same, as heartbeats of a session do.
    var accepted = NameCounts(body.accepted)
    var duplicates = NameCounts(body.duplicates)
    var ignored = NameCounts(body.ignored ?? [])
    var outcome = Outcome()
    for (index, event) in batch.enumerated() {
      if let failure = failures[index] {
        if passingCodes.contains(failure.code) {
          outcome.again.append(event)
        } else {
          outcome.refused.append(
            Refusal(event: event, code: failure.code, message: failure.message ?? ""))
        }
      } else if accepted.take(event.id) {
        outcome.accepted.append(event)
      } else if duplicates.take(event.id) {
        outcome.duplicates.append(event)
      } else if ignored.take(event.id) {
        outcome.ignored.append(event)
      } else {
        outcome.again.append(event)
      }
    }
    return .settled(outcome)
  }
}

/// How often names are in a list, by their bytes.
private struct NameCounts {
  private var counts: [[UInt8]: Int] = [:]

  init(_ names: [String]) { for name in names { counts[Array(name.utf8), default: 0] += 1 } }

  /// Whether the name was there still; it is there once less then.
  mutating func take(_ name: String) -> Bool {
    let key = Array(name.utf8)
    guard let count = counts[key], count > 0 else { return false }
    counts[key] = count - 1
    return true
  }
}

private struct OutcomeBody: Decodable {
  struct Failure: Decodable {
    var index: Int
    var code: String
    var message: String?
  }

  var accepted: [String]
  var duplicates: [String]
  var failed: [Failure]
  /// Of messages of sessions.
  var ignored: [String]?
}

/// RFC 9457.
private struct ProblemBody: Decodable {
  var detail: String?
}
