/// A row that cannot be read, with offsets into its block.
struct RowFailure {
  /// The row's bytes, without the newline.
  var row: Range<Int>
  /// Which of the file's columns; `nil` when it is the row as a whole.
  var column: Int?
  var reason: String
  var hint: String?
  /// The field as it stands in the file.
  var value: Range<Int>?
  /// The key of a JSON object that no column has.
  var unknownKey: Range<Int>?
}

/// Memory for one thread that grows and is never read before it is written.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base = UnsafeMutablePointer<Element>.allocate(capacity: 1)
  private var capacity = 1

  deinit {
    base.deallocate()
  }

  /// The contents are lost.
  mutating func reserve(_ count: Int) {
    guard count > capacity else { return }
    base.deallocate()
    capacity = count + count / 4
    base = .allocate(capacity: capacity)
  }
}
