import SampleData

/// A sample as its readers see it: bytes, and the fields of each row by name.
struct SampleRows {
  let bytes: [UInt8]
  let columns: [String]
  let rows: [[String]]

  /// Splits CSV without quotes, which is what a sample writes.
  init(csv bytes: [UInt8]) {
    self.bytes = bytes
    var lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
      line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    columns = lines.isEmpty ? [] : lines.removeFirst()
    rows = lines
  }

  init(eventsOf generator: SampleGenerator) {
    var bytes: [UInt8] = []
    generator.writeEventHeader(as: .csv, into: &bytes)
    for day in 0..<generator.options.days {
      generator.writeEvents(day: day, as: .csv, into: &bytes)
    }
    self.init(csv: bytes)
  }

  init(usersOf generator: SampleGenerator) {
    var bytes: [UInt8] = []
    generator.writeUserHeader(as: .csv, into: &bytes)
    generator.writeUsers(as: .csv, into: &bytes)
    self.init(csv: bytes)
  }

  /// All values of a column; empty when there is no such column.
  subscript(column: String) -> [String] {
    guard let position = columns.firstIndex(of: column) else { return [] }
    return rows.map { $0[position] }
  }
}

/// FNV-1a, 64 bits.
func checksum(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}
