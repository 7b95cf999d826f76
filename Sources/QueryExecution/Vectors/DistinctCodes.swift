import ColumnStore

/// The codes that occur in the rows of a text vector, each once, so that a function of a string is
/// computed once per string.
struct DistinctCodes {
  /// In order of first appearance.
  private(set) var codes: [UInt32] = []
  /// Row -> index in `codes`; 0 for null rows.
  private(set) var slots: [UInt32] = []

  /// Codes are below `entryCount`; codes of null rows are not looked at.
  init(_ rows: [UInt32], validity: [UInt8]?, entryCount: Int) {
    slots = [UInt32](repeating: 0, count: rows.count)
    // A table of all codes is fastest while it is not much larger than the batch.
    if entryCount <= max(4_096, rows.count * 8) {
      mark(rows, validity, entryCount)
    } else {
      hash(rows, validity)
    }
  }

  private mutating func mark(_ rows: [UInt32], _ validity: [UInt8]?, _ entryCount: Int) {
    // 0: not seen, else slot + 1.
    var table = [UInt32](repeating: 0, count: entryCount)
    var found: [UInt32] = []
    var slots = slots
    rows.withUnsafeBufferPointer { rows in
      table.withUnsafeMutableBufferPointer { table in
        slots.withUnsafeMutableBufferPointer { slots in
          for row in 0..<rows.count {
            if let validity, validity[row] == 0 { continue }
            let code = rows[row]
            var mark = table[Int(code)]
            if mark == 0 {
              found.append(code)
              mark = UInt32(truncatingIfNeeded: found.count)
              table[Int(code)] = mark
            }
            slots[row] = mark &- 1
          }
        }
      }
    }
    self.slots = slots
    codes = found
  }

  private mutating func hash(_ rows: [UInt32], _ validity: [UInt8]?) {
    var bits = 4
    while 1 << bits < rows.count * 2 { bits += 1 }
    let mask = (1 << bits) - 1
    var table = [UInt32](repeating: 0, count: 1 << bits)
    for row in 0..<rows.count {
      if let validity, validity[row] == 0 { continue }
      let code = rows[row]
      var place = Int((UInt64(code) &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 - bits))
      while true {
        let mark = table[place]
        if mark == 0 {
          codes.append(code)
          table[place] = UInt32(truncatingIfNeeded: codes.count)
          slots[row] = UInt32(truncatingIfNeeded: codes.count - 1)
          break
        }
        if codes[Int(mark) - 1] == code {
          slots[row] = mark - 1
          break
        }
        place = (place + 1) & mask
      }
    }
  }
}
