internal import CXXHash

/// Whether a column's text has so many distinct values that a dictionary would only grow by it.
enum TextShape {
  /// Looks at one large batch before it pollutes the dictionary. Strings that the dictionary knows
  /// already cost it nothing and do not count: ids that another column of the domain brought in.
  static func isPlain(
    _ codes: [UInt32], of pool: TextPool, validity: [UInt8]?, dictionary: TextDictionary
  ) -> Bool {
    guard codes.count >= ChunkEncoder.plainMinimumRows,
      Double(pool.count) > ChunkEncoder.plainRatio * Double(codes.count)
    else { return false }
    var isUsed = [Bool](repeating: false, count: pool.count)
    var valid = 0
    for row in codes.indices where validity?[row] != 0 {
      isUsed[Int(codes[row])] = true
      valid += 1
    }
    let limit = Int(ChunkEncoder.plainRatio * Double(valid))
    guard valid >= ChunkEncoder.plainMinimumRows, isUsed.count(where: { $0 }) > limit else {
      return false
    }
    // A pool may hold a string many times: count strings, not entries.
    var hashes: Set<UInt64> = []
    hashes.reserveCapacity(valid)
    let view = dictionary.view
    for entry in 0..<pool.count where isUsed[entry] {
      pool.withBytes(entry) { text in
        if view.count == 0 || view.code(of: text) == nil {
          hashes.insert(XXH3_64bits(text.baseAddress, text.count))
        }
      }
    }
    return hashes.count > limit
  }
}
