@preconcurrency import Glibc

/// The keys that lie in a data folder beside its tables: without them nobody's token and no emitter's key is
/// known to the service, and all pseudonyms are others.
enum KeyFiles {
  private static let files = ["token.key", "pseudonym.key", "emitter-keys/emitter-keys.json"]
  private static let largestByteCount = 64 << 20

  /// Copies those that there are, for their owner alone, and says which.
  static func copy(from folder: String, to new: String) throws -> [String] {
    var copied: [String] = []
    for file in files where SmallFile.exists("\(folder)/\(file)") {
      let bytes = try SmallFile.read("\(folder)/\(file)", largestByteCount: largestByteCount)
      if let slash = file.lastIndex(of: "/") {
        let parent = "\(new)/\(file[..<slash])"
        guard mkdir(parent, 0o700) == 0 || errno == EEXIST else {
          throw CommandFailure("cannot make '\(parent)': \(String(cString: strerror(errno)))")
        }
      }
      try SmallFile.createPrivate("\(new)/\(file)", bytes)
      copied.append(file)
    }
    return copied
  }
}
