import CKernels
import ColumnStore

/// Some rows of a segment: as ascending positions, and, where they are not few, as bits.
///
/// Conditions, counts and sums work on bits, a word of 64 rows at a time, whatever is selected; loops over rows
/// take positions, which are made of the bits when somebody asks for them. Used by one thread.
final class RowSelection {
  /// How many rows are selected.
  let count: Int
  /// `nil`: the rows are few, and looking at each of them is less work.
  let bits: SelectionBitmap?
  private var list: [UInt32]?

  /// Below one in so many rows they are few.
  private static let rowsPerSelectedRow = 16

  /// Positions are ascending.
  init(_ positions: [UInt32]) {
    count = positions.count
    bits = nil
    list = positions
  }

  /// Of a segment of so many rows.
  init(_ bits: SelectionBitmap, rowCount: Int) {
    count = bits.setCount
    let areFew = count * Self.rowsPerSelectedRow < rowCount
    self.bits = areFew ? nil : bits
    list = areFew ? bits.positions() : nil
  }

  /// Ascending.
  var positions: [UInt32] {
    if let list { return list }
    let positions = bits?.positions() ?? []
    list = positions
    return positions
  }
}

extension SelectionBitmap {
  mutating func insert(_ row: UInt32) { words[Int(row &>> 6)] |= 1 &<< UInt64(row & 63) }

  /// The bits of the rows that are set in `selection`, side by side.
  func gathered(by selection: SelectionBitmap) -> SelectionBitmap {
    words.withUnsafeBufferPointer { words in
      selection.words.withUnsafeBufferPointer { selected in
        SelectionBitmap(count: selection.setCount) { result in
          guard let words = words.baseAddress, let selected = selected.baseAddress else { return }
          daybook_gather_bits(words, selected, selection.words.count, result)
        }
      }
    }
  }

  /// One byte per row, 0 or 1.
  func bytes(count: Int) -> [UInt8] {
    words.withUnsafeBufferPointer { words in
      [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
        initialized = count
        guard let words = words.baseAddress, let bytes = bytes.baseAddress else { return }
        daybook_bitmap_to_bytes(words, count, bytes)
      }
    }
  }
}
