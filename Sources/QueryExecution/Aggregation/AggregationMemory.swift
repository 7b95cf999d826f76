import QueryLanguage

/// What the groups and states of one task hold of the query's memory.
///
/// Before a batch, as much is set aside as its rows may need; after it, what the states have grown
/// to. States are asked for their size only when as many rows have come as there are groups, since
/// some go through their groups to know it.
struct AggregationMemory {
  /// The most that a row may add to all states.
  let bytesPerRow: Int
  private let held = MemoryReservation.ofQuery(for: "the groups of an aggregation")
  private var ahead: MemoryReservation?
  private var rowsSinceMeasured = 0

  init(bytesPerRow: Int) {
    self.bytesPerRow = bytesPerRow
  }

  /// Sets aside what is needed to add rows. `growth` is what tables may allocate for them.
  mutating func prepare(rows: Int, growth: Int) throws(QueryError) {
    finish()
    let (bytes, overflow) = rows.multipliedReportingOverflow(by: bytesPerRow)
    let (sum, tooMuch) = bytes.addingReportingOverflow(growth)
    ahead = try .ofQuery(overflow || tooMuch ? .max : sum, for: "the groups of an aggregation")
  }

  /// The rows have been added. `byteCount` is what everything takes now.
  mutating func settle(
    rows: Int, groupCount: Int, byteCount: () -> Int
  ) throws(QueryError) {
    // What the rows since then may have added stays set aside until it is measured.
    let (sum, overflow) = rowsSinceMeasured.addingReportingOverflow(rows)
    rowsSinceMeasured = overflow ? .max : sum
    finish()
    guard rowsSinceMeasured >= groupCount / 4 else {
      return try held.add(rows * bytesPerRow)
    }
    rowsSinceMeasured = 0
    try held.set(to: byteCount())
  }

  /// Nothing more is to be added for now.
  mutating func finish() { ahead = nil }
}
