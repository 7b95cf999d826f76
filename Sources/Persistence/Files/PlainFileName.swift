extension String {
  /// What is harmless in a file name of a name that may be anything. Not unique: a number beside it is.
  var plainFileName: String {
    let kept = utf8.prefix(40).map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): byte
      default: UInt8(ascii: "_")
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
