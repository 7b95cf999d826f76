internal import AccessControl
internal import ColumnStore
internal import Synchronization

/// The books: sums of the ledger's rows, and what is being stored this moment.
///
/// A row is appended in the change that stores the records it counts, so the sums of the rows are true
/// after any crash; what is kept here is the same sums, and starts from them.
final class Ledger: Sendable {
  private struct State {
    var totals: [LedgerAccount: LedgerTotals] = [:]
    var sequences: [String: SequenceBook] = [:]

    /// Of a row that begins with the columns `sums`, and then says when records came.
    mutating func add(_ row: [Value]) {
      let account = LedgerAccount(
        emitter: row[0].words ?? "", organization: row[1].words.flatMap { OrganizationID($0) })
      var entry = LedgerTotals()
      entry.received = Int(row[2].whole ?? 0)
      entry.accepted = Int(row[3].whole ?? 0)
      entry.duplicates = Int(row[4].whole ?? 0)
      entry.failed = Int(row[5].whole ?? 0)
      entry.scrubbed = Int(row[6].whole ?? 0)
      if entry.received > 0 {
        entry.lastReceived = row[7].whole.map { UnixTime(milliseconds: $0) }
      }
      totals[account] = totals[account, default: LedgerTotals()] + entry
    }
  }

  private let state = Mutex(State())

  /// What one batch is for each account.
  typealias Entries = [LedgerAccount: LedgerTotals]

  /// Records have come and are not stored yet.
  func begin(_ received: [LedgerAccount: Int]) {
    state.withLock { state in
      for (account, count) in received {
        state.totals[account, default: LedgerTotals()].received += count
        state.totals[account, default: LedgerTotals()].pending += count
      }
    }
  }

  /// They were refused as a whole: it is as if they had never come.
  func cancel(_ received: [LedgerAccount: Int]) {
    state.withLock { state in
      for (account, count) in received {
        state.totals[account]?.received -= count
        state.totals[account]?.pending -= count
        if state.totals[account] == LedgerTotals() { state.totals[account] = nil }
      }
    }
  }

  /// They are stored; `entries` counts no record as pending.
  func settle(_ received: [LedgerAccount: Int], as entries: Entries) {
    state.withLock { state in
      for (account, count) in received {
        state.totals[account]?.received -= count
        state.totals[account]?.pending -= count
      }
      for (account, entry) in entries {
        state.totals[account] = state.totals[account, default: LedgerTotals()] + entry
      }
    }
  }

  func note(_ sequence: Int64, stream: String?, of emitter: String) {
    state.withLock {
      $0.sequences[emitter, default: SequenceBook()].note(sequence, stream: stream ?? "")
    }
  }

  var totals: [LedgerAccount: LedgerTotals] { state.withLock { $0.totals } }

  func gaps(of emitter: String) -> [SequenceGap] {
    state.withLock { $0.sequences[emitter]?.gaps ?? [] }
  }

  /// Sums and gaps of one moment.
  var book: LedgerBook {
    let state = state.withLock { $0 }
    return LedgerBook(totals: state.totals, gaps: state.sequences.mapValues(\.gaps))
  }

  /// The row of one account. `batch` is what belongs to the batch as a whole.
  static func row(
    _ account: LedgerAccount, _ entry: LedgerTotals, kind: IntakeKind, at now: Int64,
    batch: [String: Value]
  ) -> [String: Value] {
    var row = batch
    row["received_at"] = .timestamp(now)
    row["emitter_key_id"] = .text(account.emitter)
    row["organization_id"] = account.organization.map { .text($0.text) } ?? .null
    row["record_kind"] = .text(kind.rawValue)
    row["received"] = .integer(Int64(entry.received))
    row["accepted"] = .integer(Int64(entry.accepted))
    row["duplicates"] = .integer(Int64(entry.duplicates))
    row["failed"] = .integer(Int64(entry.failed))
    row["scrubbed"] = .integer(Int64(entry.scrubbed))
    return row
  }

  /// Adds up the rows of the table, and those of the roll-up of days that it has no more, where there is
  /// one. Numbers of batches are those of the table alone.
  static func read(
    _ table: Table, folded: Table?, into ledger: Ledger
  ) throws(DamagedChunk) {
    var state = State()
    try table.visitRows(sums + ["received_at", "stream", "sequence"]) { row in
      state.add(row)
      if let sequence = row[9].whole {
        state.sequences[row[0].words ?? "", default: SequenceBook()].note(
          sequence, stream: row[8].words ?? "")
      }
    }
    // Its own rows are the states of sums, which are sums.
    try folded?.visitRows(sums + ["last_received_at"]) { state.add($0) }
    ledger.state.withLock { $0 = state }
  }

  private static let sums = [
    "emitter_key_id", "organization_id", "received", "accepted", "duplicates", "failed", "scrubbed",
  ]
}
