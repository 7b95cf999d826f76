internal import QueryExecution
internal import QueryLanguage
internal import Synchronization

/// An export of which the sending has not begun, and the memory that is set aside for it.
///
/// It is given away once: who sends it has the only one, so that rows are let go of as they are sent.
final class UnsentExport: Sendable {
  private let export: Mutex<Export?>
  private let reservation: MemoryReservation

  init(_ export: Export, _ reservation: MemoryReservation) {
    self.export = Mutex(export)
    self.reservation = reservation
  }

  func take() -> Export? {
    export.withLock { export in
      defer { export = nil }
      return export
    }
  }

  /// Bytes that are made while the ones before them are sent.
  static let pagesByteCount = 2 * Export.pageByteCount

  /// Sets aside what the rows take that an export has worked out and not sent.
  static func reserve(
    _ reservation: MemoryReservation, for export: Export, within budget: MemoryBudget
  ) throws(QueryError) {
    do throws(QueryError) {
      try reservation.grow(to: pagesByteCount + export.heldByteCount)
    } catch {
      throw .tooManyUnsentRows(budget)
    }
  }

  /// Gives back what is not held any more.
  func release(to export: Export) {
    // Smaller than what is set aside, so that it cannot be refused.
    try? reservation.set(
      to: min(reservation.byteCount, Self.pagesByteCount + export.heldByteCount))
  }
}
