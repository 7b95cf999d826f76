/// Whether a column's text makes its dictionary grow by nearly every row: ids, which are kept plain,
/// and not names of users, each of which comes again some day.
///
/// One segment cannot tell: of sixty thousand users in random order, or each once a day, most rows
/// of the first segment are new as well. So what counts is the growth over several segments, or over
/// all of a load that ends before. Text that the dictionary knows already, from another column of
/// the domain, costs it nothing and is not new.
struct TextGrowth {
  /// Rows that are not null.
  private var rowCount = 0
  private var newCount = 0
  private var newByteCount = 0

  /// Enough rows to tell.
  static let windowRowCount = 4 * Segment.capacity
  /// Enough of long text, of which no more should get into the dictionary.
  static let windowByteCount = 16 << 20
  /// Fewer rows are not worth the question.
  static let leastRowCount = 8_192
  /// Ids where more than so many rows are new. Of four million users in random order, each fifth row
  /// of the second window is one of the first.
  static let plainRatio = 0.95

  mutating func add(rows: Int, new: Int, newBytes: Int) {
    rowCount += rows
    newCount += new
    newByteCount += newBytes
  }

  private var isPlain: Bool {
    rowCount >= Self.leastRowCount && Double(newCount) > Self.plainRatio * Double(rowCount)
  }

  /// Whether enough rows have shown that the column is one of ids. Where they have shown that it is
  /// not, the next rows are counted from the start.
  mutating func hasBecomePlain() -> Bool {
    guard rowCount >= Self.windowRowCount || newByteCount >= Self.windowByteCount else {
      return false
    }
    if isPlain { return true }
    self = TextGrowth()
    return false
  }

  /// The same at the end of a load, when no more rows are to come.
  var endsPlain: Bool { isPlain }
}
