/// An object whose last member is the checksum of the text before it: what a manifest is on disk.
extension JSONText {
  private static let closing = "\"\n}\n"

  /// The text with its checksum.
  func checkedBytes() -> [UInt8] {
    // The closing brace makes way for the checksum.
    let prefix = Array(text().utf8.dropLast(2)) + Array(",\n  \"checksum\": \"".utf8)
    let checksum = prefix.withUnsafeBytes { CompressedFile.checksum($0) }
    return prefix + Array("\(checksum)\(Self.closing)".utf8)
  }

  /// What `checkedBytes` wrote, whatever the bytes are.
  init(checking bytes: [UInt8]) throws(Mistake) {
    let ending = 16 + Self.closing.utf8.count
    guard bytes.count > ending else {
      throw Mistake(offset: bytes.count, reason: "the file ends too early")
    }
    let start = bytes.count - ending
    let checksum = bytes.withUnsafeBytes {
      CompressedFile.checksum(UnsafeRawBufferPointer(rebasing: $0[..<start]))
    }
    guard bytes[start...].elementsEqual("\(checksum)\(Self.closing)".utf8) else {
      throw Mistake(offset: start, reason: "its checksum is wrong")
    }
    try self.init(parsing: bytes)
  }
}
