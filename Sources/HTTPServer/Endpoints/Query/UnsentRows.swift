internal import Engine
internal import QueryExecution
internal import QueryLanguage
internal import Synchronization

/// The rows of an answer that have not been sent. They stay columns until they are asked for, count
/// against the memory of all answers, and are let go of as they are sent.
///
/// There is one of it for each answer: what is sent must not be held by a copy.
final class UnsentRows: Sendable {
  private let writer: Mutex<AnswerWriter>
  private let reservation: MemoryReservation
  /// Of each row, on average.
  private let bytesPerRow: Double

  /// Fails where all answers together would hold too much.
  init(_ writer: AnswerWriter, within budget: MemoryBudget) throws(QueryError) {
    self.writer = Mutex(writer)
    reservation = MemoryReservation(budget, for: "an answer")
    guard !writer.isAtEnd else {
      bytesPerRow = 0
      return
    }
    let byteCount = writer.heldByteCount
    bytesPerRow = Double(byteCount) / Double(max(writer.heldRowCount, 1))
    do throws(QueryError) {
      try reservation.add(byteCount)
    } catch {
      throw .tooManyUnsentRows(budget)
    }
  }

  /// The next thousand rows as bytes; `nil` once all were given.
  func next() throws -> [UInt8]? {
    try writer.withLock { writer in
      guard !writer.isAtEnd else { return nil }
      var bytes: [UInt8] = []
      writer.append(to: &bytes)
      // Smaller than what is set aside, so that it cannot be refused.
      let held = Int(bytesPerRow * Double(writer.heldRowCount))
      try reservation.set(to: min(reservation.byteCount, held))
      return bytes
    }
  }

  /// What ends an answer that was not sent whole; `nil` where the format cannot say so.
  func end(with problem: String) -> [UInt8]? { writer.withLock { $0.end(with: problem) } }
}

extension QueryError {
  static func tooManyUnsentRows(_ budget: MemoryBudget) -> QueryError {
    QueryError(
      .insufficientResources,
      "answers that wait to be read would hold more than \(MemoryBudget.text(budget.limit))",
      hint: "try again when others have been read, or ask for fewer rows")
  }
}
