internal import CXXHash
internal import Glibc
internal import Synchronization

/// The distinct strings of one domain, each with a dense code in order of arrival.
///
/// Append-only: a code never changes its meaning. An entry that was erased is empty and no text finds it:
/// what is erased is left out of a copy (`erasing`), since readers may be looking at this one. One writer adds, any number of readers look at
/// views; a view sees the entries that there were when it was taken.
///
/// Sound to share because an entry is written once, under the lock, before a view can count it; its
/// page and its text never move and live as long as the dictionary. So a reader needs no lock: it
/// got its count from the lock, or from a catalog that was published after it.
public final class TextDictionary: @unchecked Sendable {
  public let domain: String
  /// Page `p` holds `firstPageSize << p` entries; `nil` until the first one is needed.
  @usableFromInline let pages: UnsafeMutablePointer<UnsafeMutablePointer<DictionaryEntry>?>
  private let lock = Mutex(())
  /// Touched under the lock only.
  private var index = DictionaryIndex()

  /// Codes are 32 bits; the last few are kept free so that page arithmetic cannot overflow.
  package static let maximumCount = Int(UInt32.max) - 2 * DictionaryPage.firstSize

  public init(domain: String) {
    self.domain = domain
    pages = .allocate(capacity: DictionaryPage.maximumCount)
    pages.initialize(repeating: nil, count: DictionaryPage.maximumCount)
  }

  deinit {
    for page in 0..<DictionaryPage.maximumCount { pages[page]?.deallocate() }
    pages.deallocate()
    index.deallocate()
  }

  /// All entries that there are now.
  public var view: DictionaryView {
    DictionaryView(dictionary: self, count: lock.withLock { _ in index.count })
  }

  /// Memory of the entries, their text and the hash table, in bytes.
  public var byteCount: Int { lock.withLock { _ in index.byteCount } }

  /// Length of all entries together, in bytes.
  public var textByteCount: Int { lock.withLock { _ in index.textByteCount } }

  /// The code of a string, which is added if it is new.
  public func insert(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = XXH3_64bits(text.baseAddress, text.count)
    return lock.withLock { _ in index.insert(text, hash: hash, pages: pages) }
  }

  /// The code of a string, which is added if it is new.
  public func insert(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { insert($0) }
  }

  /// Gives `codes[e]` the code of the pool's entry `e`, for each of `entries`; new strings are added.
  package func insert(_ entries: [UInt32], of pool: TextPool, into codes: inout [UInt32]) {
    lock.withLock { _ in index.insert(entries, of: pool, into: &codes, pages: pages) }
  }

  /// Makes room for `count` entries in the hash table, so that it grows once.
  package func reserve(_ count: Int) {
    lock.withLock { _ in index.reserve(count, pages: pages) }
  }

  /// Adds texts that follow each other in `bytes`, `length(e)` bytes each, which get the next codes in
  /// their order. Returns how many were added: fewer than `count` where the next one occurs already or
  /// does not fit the bytes.
  package func insert(
    _ count: Int, of bytes: UnsafeBufferPointer<UInt8>, length: (Int) -> UInt64
  ) -> Int {
    lock.withLock { _ in index.insert(count, of: bytes, length: length, pages: pages) }
  }

  /// The first `count` entries, of which all have to be added before anybody reads one: a dictionary
  /// that is read from disk can be referred to meanwhile.
  package func view(promising count: Int) -> DictionaryView {
    DictionaryView(dictionary: self, count: count)
  }

  /// Adds an entry in the place of one that was erased.
  package func appendErased() {
    lock.withLock { _ in index.appendErased(pages: pages) }
  }

  /// Whether there is no text for this code any more. `code` is below the count of some view.
  package func isErased(_ code: UInt32) -> Bool {
    lock.withLock { _ in index.isErased(code, pages: pages) }
  }

  /// Which of some codes, all below the count of some view, lost their texts, ascending.
  package func erasedCodes(in codes: Range<Int>) -> [UInt32] {
    lock.withLock { _ in
      codes.lazy.map { UInt32($0) }.filter { index.isErased($0, pages: pages) }
    }
  }

  func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let hash = XXH3_64bits(text.baseAddress, text.count)
    return lock.withLock { _ in index.find(text, hash: hash, pages: pages) }
  }
}
