/// Text as a key: two are equal if their bytes are.
///
/// `String` takes different spellings of a letter for the same (`é` as one scalar, or as `e` with an accent),
/// and with that what belongs to one organisation or person for another's. Whatever is kept by a name from
/// outside is kept by this, or by an `Identifier`, which is made of it.
public struct ExactText: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  public init(_ text: String) { self.text = text }

  public var description: String { text }

  public static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    // By the bytes: Swift's hash of all spellings of a text is one, which whoever chooses texts could use.
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(UInt8.max)
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
