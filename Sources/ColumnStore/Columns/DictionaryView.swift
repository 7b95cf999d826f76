/// Where one entry's text is, and its hash.
@usableFromInline
struct DictionaryEntry: BitwiseCopyable {
  /// Address in the lower 48 bits, length in the upper 16. A length of 65,535 stands for itself or
  /// more: the true one is in the eight bytes before the text. (User space ends below 2^48 on
  /// x86-64 and arm64; an address above is refused when the entry is made.)
  @usableFromInline let location: UInt64
  @usableFromInline let hash: UInt64

  @inlinable
  init(location: UInt64, hash: UInt64) {
    self.location = location
    self.hash = hash
  }

  @inlinable var text: UnsafeBufferPointer<UInt8> {
    let start = UnsafePointer<UInt8>(bitPattern: UInt(location & 0xFFFF_FFFF_FFFF))
    var count = Int(location &>> 48)
    if count == 0xFFFF, let start {
      count = UnsafeRawPointer(start - 8).loadUnaligned(as: Int.self)
    }
    return UnsafeBufferPointer(start: start, count: count)
  }
}

/// Which page a code's entry is on: pages double, so that a few pointers reach all of them.
@usableFromInline
enum DictionaryPage {
  @usableFromInline static let firstSize = 64
  @usableFromInline static let maximumCount = 26

  /// The address of a code's entry.
  @inlinable
  static func entry(
    _ code: UInt32, _ pages: UnsafeMutablePointer<UnsafeMutablePointer<DictionaryEntry>?>
  ) -> UnsafeMutablePointer<DictionaryEntry> {
    let position = code &+ 64
    let highestBit = 31 &- position.leadingZeroBitCount
    let page = pages[highestBit &- 6].unsafelyUnwrapped
    return page + Int(position ^ (1 &<< UInt32(highestBit)))
  }
}

/// The first `count` entries of a dictionary; immutable, cheap to copy.
public struct DictionaryView: @unchecked Sendable {
  public let dictionary: TextDictionary
  public let count: Int
  @usableFromInline let pages: UnsafeMutablePointer<UnsafeMutablePointer<DictionaryEntry>?>

  init(dictionary: TextDictionary, count: Int) {
    self.dictionary = dictionary
    self.count = count
    pages = dictionary.pages
  }

  /// The UTF-8 bytes of an entry; valid as long as the dictionary lives. `code` is below `count`.
  ///
  /// Takes no lock and touches no reference count.
  @inlinable
  public func bytes(_ code: UInt32) -> UnsafeBufferPointer<UInt8> {
    DictionaryPage.entry(code, pages).pointee.text
  }

  /// The XXH3 hash (64 bits, seed 0) of an entry's bytes, kept since it was added: what
  /// distinct counts are fed with. `code` is below `count`.
  @inlinable
  public func hash(_ code: UInt32) -> UInt64 {
    DictionaryPage.entry(code, pages).pointee.hash
  }

  public func string(_ code: UInt32) -> String {
    String(decoding: bytes(code), as: UTF8.self)
  }

  /// The code of a string, if the view has it. Takes the dictionary's lock: for literals.
  public func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard let code = dictionary.code(of: text), Int(code) < count else { return nil }
    return code
  }

  /// The code of a string, if the view has it. Takes the dictionary's lock: for literals.
  public func code(of text: String) -> UInt32? {
    var text = text
    return text.withUTF8 { code(of: $0) }
  }

  /// The first `count` entries of the same dictionary.
  package func prefix(_ count: Int) -> DictionaryView {
    precondition(count <= self.count, "prefix is longer than the view")
    return DictionaryView(dictionary: dictionary, count: count)
  }
}
