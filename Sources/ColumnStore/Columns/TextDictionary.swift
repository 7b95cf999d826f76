/// The distinct strings of one domain, each with a dense code in order of arrival.
///
/// Append-only: a code never changes its meaning. One writer adds, any number of readers look at
/// views; a view sees the entries that there were when it was taken.
public final class TextDictionary: @unchecked Sendable {
  public let domain: String

  public init(domain: String) {
    self.domain = domain
  }

  public var view: DictionaryView { DictionaryView(dictionary: self, count: 0) }
}

/// The first `count` entries of a dictionary; immutable, cheap to copy.
public struct DictionaryView: Sendable {
  public let dictionary: TextDictionary
  public let count: Int

  /// The UTF-8 bytes of an entry; valid as long as the dictionary lives. `code` is below `count`.
  public func bytes(_ code: UInt32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: nil, count: 0)
  }

  public func string(_ code: UInt32) -> String {
    String(decoding: bytes(code), as: UTF8.self)
  }

  /// The code of a string, if the view has it.
  public func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    nil
  }
}
