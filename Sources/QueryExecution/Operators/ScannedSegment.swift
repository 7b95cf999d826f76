import ColumnStore

/// A segment while a scan reads it: filters and views share what they unpack of it. Used by one
/// thread.
final class ScannedSegment {
  let segment: Segment
  /// By column; `nil` until somebody asks.
  private var aligned: [Chunk?]

  /// Below one in so many rows, unpacking these costs less than unpacking the chunk.
  private static let rowsPerSelectedRow = 8

  init(_ segment: Segment) {
    self.segment = segment
    aligned = Array(repeating: nil, count: segment.chunks.count)
  }

  var rowCount: Int { segment.rowCount }

  /// A column as it is kept: for bounds, nulls and dictionaries.
  func stored(_ column: Int) -> Chunk { segment.chunks[column] }

  /// A column with its integers in whole bytes, as loops want them.
  func chunk(_ column: Int) -> Chunk {
    if let chunk = aligned[column] { return chunk }
    let chunk = segment.chunks[column].aligned()
    aligned[column] = chunk
    return chunk
  }

  /// A column for `decode`, in the form from which so many of its rows are read soonest.
  func chunk(_ column: Int, reading count: Int) -> Chunk {
    let isSelective = count * Self.rowsPerSelectedRow < rowCount
    return aligned[column] ?? (isSelective ? stored(column) : chunk(column))
  }
}
